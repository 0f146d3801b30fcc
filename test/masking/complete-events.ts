import type { HookData, HookEvent, HookName } from '../../src/hooks/hooks.ts'
import type {
  ChatMessage,
  EvalError,
  EvalLog,
  EvalPlan,
  EvalSample,
  EvalSampleSummary,
  EvalSpec,
  Event,
  Json,
  ModelOutput,
  ModelUsage,
  OtherEvent,
  Score,
  ToolInfo,
} from '../../src/inspect/records.ts'
import { at, fire } from '../telemetry/stream.ts'

/** All fields, those that may be left out too: a field that is added to an event is missed here by the compiler. */
type Complete<T> = Json extends T
  ? T
  : T extends readonly (infer U)[]
    ? readonly Complete<U>[]
    : T extends object
      ? { readonly [K in keyof T]-?: Complete<Exclude<T[K], null | undefined>> }
      : T

const json = { words: 'some words', deep: [{ more: 'more words' }], 'a key of words': 1 }

const usage: Complete<ModelUsage> = {
  input_tokens: 3,
  output_tokens: 2,
  total_tokens: 5,
  input_tokens_cache_write: 1,
  input_tokens_cache_read: 1,
  reasoning_tokens: 1,
  total_cost: 0.5,
}
const error: Complete<EvalError> = {
  message: "ValueError('a message')",
  traceback: 'Traceback: words\nValueError: words',
  traceback_ansi: 'Traceback: words',
}
const provenance = { timestamp: at(11), author: 'an author', reason: 'a reason', metadata: json }
const score: Complete<Score> = {
  value: 'words of a score',
  answer: 'an answer',
  explanation: 'an explanation',
  reason: 'words of a reason',
  metadata: json,
  history: [
    { value: 'I', answer: 'an answer', explanation: 'an explanation', metadata: json, provenance },
    { value: 'other words of a score', answer: 'an answer', explanation: 'an explanation', metadata: json, provenance },
  ],
}
const message: Complete<ChatMessage> = {
  role: 'assistant',
  id: 'message-1',
  content: [
    { type: 'text', text: 'words' },
    { type: 'reasoning', reasoning: 'thoughts' },
    { type: 'image', image: 'data:image/png;base64,AAAA' },
  ],
  source: 'generate',
  tool_calls: [{ id: 'call-1', function: 'add', arguments: json, type: 'function', parse_error: 'not parsed' }],
  tool_call_id: 'call-1',
  function: 'add',
  error: { type: 'parsing', message: 'words of an error' },
  model: 'gpt-9',
}
const messages: readonly Complete<ChatMessage>[] = [
  { ...message, role: 'system', content: 'a system prompt' },
  { ...message, role: 'user', content: 'a question' },
  message,
  { ...message, role: 'tool', content: 'an answer of a tool' },
]
const output: Complete<ModelOutput> = {
  model: 'gpt-9-2026',
  choices: [{ message, stop_reason: 'stop' }],
  completion: 'a completion',
  usage,
  input_context_tokens: 12,
  time: 0.5,
  error: 'words of an error',
  response_id: 'response-1',
}
const tool: Complete<ToolInfo> = { name: 'add', description: 'a description', parameters: json }
const generate = { temperature: 0.5, stop_seqs: ['a stop'], system_message: 'a system message', extra_body: json }
const request = {
  headers: { Authorization: 'opaque', 'x-api-key': 'opaque', cookie: 'opaque', other: 'words' },
  body: '{"client_secret": "opaque"}',
  messages: [json],
}

const base = (uuid: string, seconds: number, span_id = 'solver') => ({
  uuid,
  span_id,
  timestamp: at(seconds),
  working_start: seconds,
  metadata: json,
  pending: false,
})

const other = { completed: at(3), data: json, source: 'a source', message: 'words', input: 'words', state: 'words' }
const otherEvent = <K extends string>(event: K) => ({ ...base(`other-${event}`, 3), event, ...other })

/** One of each kind, and what keeps them in spans. */
const kinds: {
  readonly [K in Event['event']]: K extends OtherEvent['event'] ? OtherEvent : Complete<Extract<Event, { event: K }>>
} = {
  model: {
    ...base('model', 3),
    event: 'model',
    model: 'openai/gpt-9',
    role: 'grader',
    input: messages,
    tools: [tool],
    tool_choice: { name: 'add' },
    config: generate,
    output,
    retries: 1,
    error: "APIError('a message')",
    traceback: 'Traceback: words',
    cache: 'write',
    call: { request, response: { id: 'response-1', text: 'words' }, error: false, time: 0.5 },
    completed: at(4),
    working_time: 1,
  },
  tool: {
    ...base('tool', 4),
    event: 'tool',
    type: 'function',
    id: 'call-1',
    function: 'add',
    arguments: json,
    result: json,
    truncated: [1, 2],
    error: { type: 'timeout', message: 'a message' },
    completed: at(5),
    working_time: 1,
    agent: 'an agent',
    agent_span_id: 'agent-span',
    failed: true,
  },
  span_begin: {
    ...base('begin-agent', 2, 'agent'),
    event: 'span_begin',
    id: 'agent',
    parent_id: 'solver',
    type: 'agent',
    name: 'helper',
  },
  span_end: { ...base('end-agent', 6, 'agent'), event: 'span_end', id: 'agent' },
  score: { ...base('score', 7), event: 'score', score, target: ['a target'], intermediate: true, scorer: 'judge' },
  score_edit: {
    ...base('edit', 12),
    event: 'score_edit',
    score_name: 'judge',
    edit: { ...score.history[0]!, value: 'words of an edit' },
  },
  sample_limit: { ...base('limit', 7), event: 'sample_limit', type: 'token', message: 'words', limit: 10 },
  error: { ...base('error', 7, 'agent'), event: 'error', error },
  sample_init: otherEvent('sample_init'),
  sandbox: otherEvent('sandbox'),
  state: otherEvent('state'),
  store: otherEvent('store'),
  approval: otherEvent('approval'),
  logger: otherEvent('logger'),
  info: otherEvent('info'),
  input: otherEvent('input'),
  interrupt: otherEvent('interrupt'),
  compaction: otherEvent('compaction'),
  checkpoint: otherEvent('checkpoint'),
  anchor: otherEvent('anchor'),
  branch: otherEvent('branch'),
  step: otherEvent('step'),
  subtask: otherEvent('subtask'),
}

const { span_begin: begin, span_end: end, score_edit: edit, ...within } = kinds
const answered = { ...kinds.model, ...base('answered', 5), error: undefined, traceback: undefined, completed: at(6) }
const events = [
  {
    ...begin,
    ...base('begin-solvers', 1, 'solvers'),
    id: 'solvers',
    parent_id: undefined,
    type: 'solvers',
    name: 'solvers',
  },
  { ...begin, ...base('begin-solver', 1), id: 'solver', parent_id: 'solvers', type: 'solver', name: 'generate' },
  begin,
  ...Object.values(within),
  answered,
  end,
  { ...end, ...base('end-solver', 8), id: 'solver' },
  { ...end, ...base('end-solvers', 8, 'solvers'), id: 'solvers' },
  edit,
] as unknown as readonly Complete<Event>[]

const summary: Complete<EvalSampleSummary> = {
  id: 'lamp-1',
  epoch: 1,
  input: 'an input',
  choices: ['a choice'],
  target: 'a target',
  description: 'words of a description',
  metadata: json,
  scores: { judge: score },
  model_usage: { 'openai/gpt-9': usage },
  role_usage: { grader: usage },
  started_at: at(1),
  completed_at: at(10),
  total_time: 9,
  working_time: 8,
  uuid: 'uuid1',
  error: 'words of an error',
  limit: 'token',
  limit_reason: 'words of a limit',
  retries: 1,
  completed: true,
  message_count: 3,
  turn_count: 2,
  token_limit: 10,
  token_limit_type: 'all',
  token_limit_usage: 11,
  message_limit: 30,
  time_limit: 60,
}
const sample: Complete<EvalSample> = {
  ...summary,
  input: messages,
  choices: ['a choice'],
  target: ['a target'],
  messages,
  output,
  scores: { judge: score, dictionary: { ...score, value: { part: 'words of a part', other: 1 }, history: [] } },
  store: json,
  events,
  error,
  error_retries: [{ ...error, events }],
  attachments: { hash: 'an attachment' },
  limit: { type: 'token', limit: 10, reason: 'words of a limit' },
}
const plan: Complete<EvalPlan> = {
  name: 'plan',
  steps: [{ solver: 'generate', params: json }],
  finish: { solver: 'generate', params: json },
  config: generate,
}
const spec: Complete<EvalSpec> = {
  eval_set_id: 'set1',
  eval_id: 'eval1',
  run_id: 'run1',
  created: at(0),
  task: 'sums',
  task_id: 'task1',
  task_version: '1',
  task_registry_name: 'sums_of',
  task_file: 'evals/sums.ts',
  task_args: json,
  task_args_passed: json,
  solver: 'generate',
  solver_args: json,
  solver_args_passed: json,
  dataset: { name: 'numbers', location: '/a/location', samples: 1, sample_ids: ['lamp-1'] },
  model: 'openai/gpt-9',
  model_base_url: 'https://gateway.example.com/v1',
  model_generate_config: generate,
  model_roles: {
    grader: { model: 'openai/gpt-9', config: generate, base_url: 'https://gateway.example.com/v1', args: json },
  },
  config: json,
  revision: { type: 'git', origin: 'https://example.com/repository.git', commit: 'abcdef0' },
  tags: ['a tag'],
  metadata: json,
  packages: { inspect_ai: '0.3.285' },
}
const metric = { name: 'accuracy', group: 'a group', value: 0.5, params: json }
const log: Complete<EvalLog> = {
  version: 2,
  status: 'error',
  eval: spec,
  plan,
  results: {
    total_samples: 1,
    completed_samples: 1,
    scores: [
      {
        name: 'judge',
        scorer: 'judge',
        reducer: 'mode',
        scored_samples: 1,
        unscored_samples: 0,
        params: json,
        metrics: { accuracy: metric },
      },
    ],
    headline: { scorer: 'judge', score: 'judge', metric: 'accuracy', reducer: 'mode' },
  },
  stats: {
    started_at: at(0),
    completed_at: at(10),
    model_usage: { 'openai/gpt-9': usage },
    role_usage: { grader: usage },
  },
  error,
  tags: ['a tag'],
  metadata: json,
}

const run = { eval_set_id: 'set1', run_id: 'run1' }
const task = { ...run, eval_id: 'eval1' }
const ofSample = { ...task, sample_id: 'uuid1' }
const set = { eval_set_id: 'set1', log_dir: '/a/folder' }
const call = { model_name: 'openai/gpt-9', ...ofSample, task_name: 'sums' }

/** The data of every hook, with every field; those of `onSampleEvent` come for each event of the sample. */
const data: { readonly [N in HookName]: Complete<HookData<N>> } = {
  onEvalSetStart: set,
  onRunStart: { ...run, task_names: ['sums'] },
  onTaskStart: { ...task, spec, plan },
  onSampleInit: { ...ofSample, summary },
  onSampleStart: { ...ofSample, summary },
  onSampleAttemptStart: { ...ofSample, summary, attempt: 1 },
  onBeforeModelGenerate: {
    ...call,
    input: [...messages],
    tools: [tool],
    tool_choice: { name: 'add' },
    config: generate,
    cache: 'write',
  },
  onModelRetry: {
    ...call,
    model_name: 'gpt-9',
    attempt: 1,
    wait_time: 1,
    exception_type: 'RateLimitError',
    status_code: 429,
  },
  onModelUsage: { model_name: 'openai/gpt-9', usage, call_duration: 1, ...task, task_name: 'sums', retries: 1 },
  onModelCacheUsage: { model_name: 'openai/gpt-9', usage },
  onSampleEvent: { ...ofSample, event: events[0]! },
  onSampleScoring: ofSample,
  onSampleAttemptEnd: { ...ofSample, summary, attempt: 1, error, will_retry: false },
  onSampleEnd: { ...ofSample, sample },
  onTaskEnd: { ...task, log },
  onRunEnd: { ...run, exception: { type: 'ValueError', message: 'a message' }, logs: [log] },
  onEvalSetEnd: set,
}

/** A run in which every field of every event is there. */
export const completeEvents: readonly HookEvent[] = (Object.keys(data) as HookName[]).flatMap((hook, index) =>
  hook === 'onSampleEvent'
    ? events.map((event) => fire(hook, { ...ofSample, event } as HookData<typeof hook>, index))
    : [fire(hook, data[hook] as never, index)],
)
