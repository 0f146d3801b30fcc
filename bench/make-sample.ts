import type { Random } from './random.ts'
import { type Json, Transcript } from './transcript.ts'

export interface SampleOptions {
  readonly id: string
  readonly events: number
  /** Characters of each answer and each tool result. */
  readonly textLength: number
  /** Milliseconds since 1970. */
  readonly start: number
}

const model = 'openai/gpt-5-mini'
const system = 'You are a helpful assistant attempting to submit the best possible answer. Use your tools. '.repeat(8)
const tools = ['bash', 'python', 'read_file', 'submit'].map((name) => ({
  name,
  description: `Use the tool ${name} to make progress on the task.`,
  parameters: {
    type: 'object',
    properties: { cmd: { type: 'string', description: 'What to run.' }, timeout: { type: 'integer' } },
    required: ['cmd'],
    additionalProperties: false,
  },
}))

/**
 * A sample of an agent that works in a loop, as Inspect 0.3.285 writes it: model inputs and raw calls in pools, long
 * texts as attachments. Returns the sample and its row in the summaries.
 */
export function makeSample(random: Random, options: SampleOptions): { sample: Json; summary: Json } {
  const transcript = new Transcript(random, options.start)
  const input = random.text(400)
  const target = random.id()
  const messages: Json[] = [
    { id: random.id(), content: system, role: 'system' },
    { id: random.id(), content: input, source: 'input', role: 'user' },
  ]

  transcript.begin('init', 'init')
  transcript.add({ event: 'sample_init', sample: { input, target, id: options.id, metadata: {} }, state: {} })
  transcript.end()
  const started = transcript.timestamp()
  for (const [type, name] of [
    ['solvers', 'solvers'],
    ['solver', 'react'],
    ['agent', 'react'],
  ] as const) {
    transcript.begin(type, name)
  }
  const usage = work(transcript, messages, options)
  transcript.end()
  transcript.add({
    event: 'state',
    changes: messages.slice(1).map((message, index) => patch(transcript, message, index)),
  })
  transcript.end()
  transcript.end()
  const score = { value: random.below(2) === 0 ? 'C' : 'I', answer: target, explanation: random.text(200), history: [] }
  transcript.begin('scorers', 'scorers')
  transcript.begin('scorer', 'match')
  transcript.add({ event: 'score', score, target, intermediate: false, scorer: 'match', scorer_args: {} })
  transcript.end()
  transcript.end()

  const shared = {
    id: options.id,
    epoch: 1,
    input,
    target,
    metadata: {},
    scores: { match: score },
    model_usage: { [model]: usage },
    role_usage: {},
    started_at: started,
    completed_at: transcript.timestamp(),
    total_time: transcript.seconds,
    working_time: transcript.seconds,
    uuid: random.id(),
  }
  const pooled = messages.map((message) => ({ ...message, content: transcript.attach(String(message['content'])) }))
  return {
    summary: { ...shared, retries: 0, completed: true, message_count: messages.length },
    sample: {
      ...shared,
      messages,
      output: answerOf(transcript, messages.at(-1) ?? {}, usage, false),
      store: {},
      events: transcript.events,
      error_retries: [],
      attachments: transcript.attachments,
      events_data: { messages: pooled, calls: pooled.map(({ role, content }: Json) => ({ role, content })) },
    },
  }
}

/** Turns of one model call and one or two tool calls, until there are enough events. Returns the tokens used. */
function work(transcript: Transcript, messages: Json[], { events, textLength }: SampleOptions): Json {
  const { random } = transcript
  const total = { input_tokens: 0, output_tokens: 0, total_tokens: 0 }
  for (let turn = 0; transcript.events.length < events - 12; turn += 1) {
    const calls = Array.from({ length: 1 + random.below(2) }, () => ({
      id: `call_${random.id()}`,
      function: tools[random.below(3)]?.name,
      arguments: { cmd: random.text(60), timeout: 30 },
      type: 'function',
    }))
    const answer = {
      id: random.id(),
      content: random.text(textLength),
      source: 'generate',
      role: 'assistant',
      tool_calls: calls,
      model,
    }
    const usage = {
      input_tokens: 500 + messages.length * 90,
      output_tokens: 120,
      total_tokens: 620 + messages.length * 90,
    }
    total.input_tokens += usage.input_tokens
    total.output_tokens += usage.output_tokens
    total.total_tokens += usage.total_tokens
    generate(transcript, messages.length, answer, usage, turn < 5)
    messages.push(answer)
    for (const call of calls) {
      messages.push(callTool(transcript, call, random.text(textLength)))
    }
  }
  return total
}

function generate(transcript: Transcript, inputs: number, answer: Json, usage: Json, logCall: boolean): void {
  const timestamp = transcript.timestamp()
  const seconds = 1 + transcript.random.below(4000) / 1000
  const completed = transcript.timestamp(seconds * 1000)
  const request = { model, temperature: 0.5 }
  const call = { request, response: { id: 'resp' }, call_refs: [[0, inputs]], call_key: 'messages' }
  transcript.add(
    {
      event: 'model',
      model,
      input: [],
      input_refs: [[0, inputs]],
      tools,
      tool_choice: 'auto',
      config: { temperature: 0.5 },
      output: answerOf(transcript, answer, usage, true),
      ...(logCall ? { call } : {}),
      completed,
      working_time: seconds,
    },
    timestamp,
  )
}

/** `completion` holds the whole text, also where the message refers to an attachment. */
function answerOf(transcript: Transcript, message: Json, usage: Json, condensed: boolean): Json {
  const text = String(message['content'])
  return {
    model: 'gpt-5-mini-2025-08-07',
    choices: [
      { message: { ...message, content: condensed ? transcript.attach(text) : text }, stop_reason: 'tool_calls' },
    ],
    completion: text,
    usage,
    time: 1.5,
  }
}

function callTool(transcript: Transcript, call: Json, result: string): Json {
  const timestamp = transcript.timestamp()
  const message = {
    id: transcript.random.id(),
    content: result,
    role: 'tool',
    tool_call_id: call['id'],
    function: call['function'],
  }
  transcript.begin('tool', String(call['function']))
  const completed = transcript.timestamp(transcript.random.below(3000))
  // Inspect creates the event before the span of the tool: it belongs to the span around it.
  const outer = transcript.events.at(-1)?.['parent_id']
  transcript.add(
    {
      event: 'tool',
      span_id: outer,
      type: 'function',
      id: call['id'],
      function: call['function'],
      arguments: call['arguments'],
      result,
      events: [],
      completed,
      working_time: 0.5,
      message_id: message.id,
    },
    timestamp,
  )
  transcript.end()
  return message
}

function patch(transcript: Transcript, message: Json, index: number): Json {
  const value = { ...message, content: transcript.attach(String(message['content'])) }
  return { op: 'add', path: `/messages/${index + 1}`, value }
}
