import type { Fields } from './fired.ts'

/*
 * What of the records is compared: no ids that are made anew for each run, no times, no texts of programs (tracebacks).
 */

/** An error as text. Python says of a cancellation by whom it was. */
export function errorText(error: Fields | undefined): string | undefined {
  const message: string | undefined = error?.['message']
  return message?.replace(/^CancelledError\([^]*$/, 'CancelledError')
}

/** What ended a run. Python says of a cancellation by whom it was. */
export function exception(given: Fields | undefined): Fields | undefined {
  return given?.['type'] === 'CancelledError' ? { type: given['type'] } : given
}

export function messages(given: readonly Fields[] = []): Fields[] {
  return given.map(({ role, content, tool_calls: calls, error, function: name, source, model }) => ({
    role,
    content: text(content),
    function: name,
    error,
    source,
    model,
    tool_calls: calls?.map(({ function: called, arguments: args, parse_error: parseError }: Fields) => ({
      function: called,
      arguments: args,
      parse_error: parseError,
    })),
  }))
}

function text(content: unknown): unknown {
  if (!Array.isArray(content)) return content
  return content.map(({ type, text: part }: Fields) => part ?? type).join('\n')
}

function output({ model, choices = [], usage, error, completion }: Fields = {}): Fields {
  return {
    model,
    completion,
    error,
    usage,
    choices: choices.map(({ message, stop_reason: stopReason }: Fields) => ({
      stop_reason: stopReason,
      message: messages([message])[0],
    })),
  }
}

function score({ value, answer, explanation, metadata, reason }: Fields): Fields {
  const { grading, ...rest } = metadata ?? {}
  return { value, answer, explanation, reason, metadata: { ...rest, grading: grading && messages(grading) } }
}

function scores(given: Fields = {}): Fields {
  return Object.fromEntries(Object.entries(given).map(([name, each]) => [name, score(each)]))
}

/** What an event is, to be found in both runs. */
export function eventName({ event, name, type, function: tool, scorer, model }: Fields): string {
  const more = { span_begin: `${type} ${name}`, tool, score: scorer, model }[String(event)]
  return more === undefined ? event : `${event} ${more}`
}

/** `spans`: names of spans by their id. */
export function eventDetails(event: Fields, spans: ReadonlyMap<string, string>): Fields {
  const of = spans.get(event['span_id'])
  switch (event['event']) {
    case 'span_begin':
      return { in: spans.get(event['parent_id']) }
    case 'span_end':
      return { of: spans.get(event['id']) }
    case 'model': {
      const { role, cache, error, completed, pending, tool_choice: choice, tools = [], input, config } = event
      return {
        in: of,
        role,
        cache,
        error,
        pending,
        config,
        completed: completed !== undefined,
        tool_choice: choice,
        tools: tools.map(({ name }: Fields) => name),
        input: messages(input),
        output: output(event['output']),
      }
    }
    case 'tool': {
      const { arguments: args, result, error, failed, pending, completed } = event
      return {
        in: of,
        arguments: args,
        result: text(result),
        error,
        failed,
        pending,
        completed: completed !== undefined,
      }
    }
    case 'score': {
      const { intermediate, target, model_usage: usage, role_usage: roleUsage } = event
      return { in: of, score: score(event['score']), intermediate, target, usage, role_usage: roleUsage }
    }
    case 'error':
      return { in: of, message: errorText(event['error']) }
    case 'sample_limit':
      return { in: of, type: event['type'], message: event['message'], limit: event['limit'] }
    case 'state':
    case 'store':
      return { in: of, changes: event['changes'].map(({ op, path }: Fields) => `${op} ${path}`) }
    case 'info':
      return { in: of, source: event['source'], data: event['data'] }
    default:
      return { in: of }
  }
}

export function sampleEnd(sample: Fields): Fields {
  const { id, epoch, input, choices, target, store, metadata, limit, error, error_retries: retries = [] } = sample
  return {
    id,
    epoch,
    input: typeof input === 'string' ? input : messages(input),
    choices,
    target,
    store,
    metadata,
    limit,
    messages: messages(sample['messages']),
    output: output(sample['output']),
    scores: scores(sample['scores']),
    model_usage: sample['model_usage'],
    role_usage: sample['role_usage'],
    turn_count: sample['turn_count'],
    message_limit: sample['message_limit'],
    time_limit: sample['time_limit'],
    token_limit: sample['token_limit'],
    token_limit_type: sample['token_limit_type'],
    token_limit_usage: sample['token_limit_usage'],
    error: errorText(error),
    error_retries: retries.map((retry: Fields) => errorText(retry)),
    total_time: sample['total_time'] !== undefined,
  }
}

export function summary({ id, epoch, input, target, choices, metadata, completed }: Fields): Fields {
  return { id, epoch, input: typeof input === 'string' ? input : messages(input), target, choices, metadata, completed }
}

export function taskStart({ spec, plan }: Fields): Fields {
  const { task, task_version: version, model, dataset, tags, metadata, config, scorers, model_roles: roles = {} } = spec
  return {
    task,
    version,
    model,
    dataset,
    // In Inspect they come in any order.
    tags: tags?.toSorted(),
    // None and an empty one are the same.
    metadata: metadata && Object.keys(metadata).length > 0 ? metadata : undefined,
    config: withoutForeign(config),
    generate_config: spec['model_generate_config'],
    model_roles: Object.fromEntries(
      Object.entries(roles as Fields).map(([role, bound]) => [role, [bound].flat().map(({ model: name }) => name)]),
    ),
    scorers: scorers?.map(({ name, metrics }: Fields) => ({ name, metrics: metricNames(metrics) })),
    plan: { steps: plan.steps.map(({ solver }: Fields) => solver), config: plan.config },
  }
}

function metricNames(metrics: unknown): unknown {
  if (Array.isArray(metrics)) return metrics.map((each: Fields) => bareName(each['name']) ?? metricNames(each))
  return Object.fromEntries(Object.entries((metrics ?? {}) as Fields).map(([key, list]) => [key, metricNames(list)]))
}

/** Inspect puts its own name before those of its metrics. */
function bareName(name: unknown): string | undefined {
  return typeof name === 'string' ? name.replace(/^inspect_ai\//, '') : undefined
}

export function log({ status, error, results, stats, eval: spec }: Fields): Fields {
  return {
    task: spec.task,
    model: spec.model,
    status,
    error: errorText(error),
    results: results && logResults(results),
    model_usage: stats?.model_usage,
    role_usage: stats?.role_usage,
  }
}

function logResults(results: Fields): Fields {
  return {
    total_samples: results['total_samples'],
    completed_samples: results['completed_samples'],
    headline: results['headline'],
    scores: results['scores'].map(
      ({ name, scorer, reducer, scored_samples: scored, unscored_samples: not, metrics }: Fields) => ({
        name,
        scorer,
        reducer,
        scored,
        unscored: not,
        metrics: Object.fromEntries(Object.entries(metrics as Fields).map(([key, { value }]) => [key, value])),
      }),
    ),
  }
}

/** Settings of what our runner does not have: displays, providers of sandboxes, a database of running samples. */
const foreign: ReadonlySet<string> = new Set(['sandbox_cleanup', 'sandbox_prebuilt', 'score_display', 'log_realtime'])

function withoutForeign(config: Fields): Fields {
  return Object.fromEntries(Object.entries(config).filter(([name]) => !foreign.has(name)))
}
