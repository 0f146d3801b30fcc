import { plainText, type Attributes, type HrTime, type SpanBody } from '../../src/exporter.ts'

/** What the console keeps of a span: no content. Times are milliseconds since 1970. */
export interface Step {
  readonly id: string
  readonly parentId: string | undefined
  readonly label: string
  readonly start: number
  readonly end: number
  readonly error: string | undefined
  /** Pauses before a model call was tried again. */
  readonly waits: readonly { readonly start: number; readonly end: number }[]
}

export type Outcome = 'success' | 'error' | 'limit' | 'cancelled'

/** One result of a scorer. */
export interface Result {
  readonly scorer: string
  readonly value: number | undefined
  readonly label: string | undefined
}

/** What a span counts for. */
export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
  /** US dollars, where prices are known. */
  readonly cost: number
  readonly failedSteps: number
  readonly retries: number
  /** Milliseconds. */
  readonly waited: number
}

/** A span of a sample in progress. */
export interface Part {
  readonly step: Step
  readonly usage: Usage
  /** Of a model call. */
  readonly model: string | undefined
}

/** A finished sample. */
export interface Sample {
  /** The id of the trace that it is, or is a part of. */
  readonly trace: string
  readonly task: string
  /** `provider/model`, as far as its span says it. */
  readonly model: string
  /** Of the run of its task. */
  readonly evalId: string | undefined
  readonly id: string
  readonly epoch: number
  readonly outcome: Outcome
  /** Which limit ended it: `message`, `token`, … */
  readonly limit: string | undefined
  readonly attempts: number
  /** Milliseconds. */
  readonly duration: number
  readonly results: readonly Result[]
  readonly usage: Usage
  /** The root first. */
  readonly steps: readonly Step[]
}

/** A sample is over when its span comes: children come before their parents. */
export function isSampleSpan(span: SpanBody): boolean {
  return span.name === 'eval_sample' || span.name.startsWith('eval_sample ')
}

function stepOf(span: SpanBody): Step {
  const start = milliseconds(span.start)
  return {
    id: span.spanId,
    parentId: span.parentSpanId,
    label: labelOf(span),
    start,
    end: Math.max(start, milliseconds(span.end)),
    error: span.error && plainText(span.error.message),
    waits: span.events
      .filter((event) => event.name === 'eval.model.retry')
      .map((event) => ({
        start: milliseconds(event.time),
        end: milliseconds(event.time) + 1000 * Math.max(0, number(event.attributes, 'eval.model.retry.wait_time') ?? 0),
      })),
  }
}

function labelOf(span: SpanBody): string {
  const attempt = number(span.attributes, 'test.case.run.attempt')
  if (span.name === 'eval_attempt' && attempt !== undefined) return `eval_attempt ${attempt}`
  const cached = span.attributes['eval.model.cache'] === 'read'
  return plainText(span.name) + (cached ? ' (cached)' : '')
}

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0, cost: 0, failedSteps: 0, retries: 0, waited: 0 }

export function addUsage(left: Usage, right: Usage): Usage {
  return {
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    cost: left.cost + right.cost,
    failedSteps: left.failedSteps + right.failedSteps,
    retries: left.retries + right.retries,
    waited: left.waited + right.waited,
  }
}

export function partOf(span: SpanBody): Part {
  const step = stepOf(span)
  return {
    step,
    usage: {
      inputTokens: number(span.attributes, 'gen_ai.usage.input_tokens') ?? 0,
      outputTokens: number(span.attributes, 'gen_ai.usage.output_tokens') ?? 0,
      cost: number(span.attributes, 'eval.model.cost') ?? 0,
      failedSteps: step.error === undefined ? 0 : 1,
      retries: step.waits.length,
      waited: step.waits.reduce((sum, wait) => sum + wait.end - wait.start, 0),
    },
    model: span.name.startsWith('chat ') ? plainTextOf(span.attributes, 'gen_ai.request.model') : undefined,
  }
}

/** A finished sample from its own span and the others of it. */
export function sampleOf(span: SpanBody, parts: readonly Part[]): Sample {
  const { attributes } = span
  const root = partOf(span)
  const usage = parts.reduce((sum, part) => addUsage(sum, part.usage), { ...root.usage, failedSteps: 0 })
  return {
    trace: span.traceId,
    task: plainTextOf(attributes, 'test.suite.name') ?? plainText(span.name.replace(/^eval_sample ?/, '')),
    model: modelOf(attributes) ?? parts.find((part) => part.model)?.model ?? '',
    evalId: plainTextOf(attributes, 'test.suite.run.id'),
    id: plainTextOf(attributes, 'test.case.id') ?? '',
    epoch: number(attributes, 'eval.epoch') ?? 1,
    outcome: outcomeOf(span),
    limit: plainTextOf(attributes, 'eval.sample.limit'),
    attempts: number(attributes, 'eval.sample.attempts') ?? 1,
    duration: root.step.end - root.step.start,
    results: span.events.filter((event) => event.name === 'gen_ai.evaluation.result').flatMap(resultOf),
    usage: {
      ...usage,
      inputTokens: number(attributes, 'eval.usage.input_tokens') ?? usage.inputTokens,
      outputTokens: number(attributes, 'eval.usage.output_tokens') ?? usage.outputTokens,
    },
    steps: [root.step, ...parts.map((part) => part.step)],
  }
}

/** A task that is over. */
export interface EndedTask {
  readonly task: string
  readonly model: string
  readonly evalId: string | undefined
  /** Its attempts, one after the other, have the same. */
  readonly taskId: string
  /** How many samples were taken over from earlier logs. */
  readonly reused: number
}

export function endedTask({ name, attributes }: SpanBody): EndedTask | undefined {
  if (!/^eval_task(?: |$)/.test(name)) return undefined
  const evalId = plainTextOf(attributes, 'test.suite.run.id')
  return {
    task: plainTextOf(attributes, 'test.suite.name') ?? plainText(name.replace(/^eval_task ?/, '')),
    model: modelOf(attributes) ?? '',
    evalId,
    taskId: plainTextOf(attributes, 'eval.task.id') ?? evalId ?? '',
    reused: number(attributes, 'eval.sample.reused_count') ?? 0,
  }
}

/** What names no provider has `_OTHER` for it. */
function modelOf(attributes: Attributes): string | undefined {
  const model = plainTextOf(attributes, 'gen_ai.request.model')
  const provider = plainTextOf(attributes, 'gen_ai.provider.name') ?? '_OTHER'
  return model === undefined || provider === '_OTHER' ? model : `${provider}/${model}`
}

function outcomeOf(span: SpanBody): Outcome {
  const outcome = plainTextOf(span.attributes, 'eval.sample.outcome')
  if (outcome === 'success' || outcome === 'error' || outcome === 'limit' || outcome === 'cancelled') return outcome
  return span.error ? 'error' : 'success'
}

function resultOf(event: SpanBody['events'][number]): Result[] {
  const scorer = plainTextOf(event.attributes, 'gen_ai.evaluation.name')
  if (scorer === undefined || event.attributes['eval.score.intermediate'] === true) return []
  return [
    {
      scorer,
      value: number(event.attributes, 'gen_ai.evaluation.score.value'),
      label: plainTextOf(event.attributes, 'gen_ai.evaluation.score.label'),
    },
  ]
}

function milliseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1000 + nanoseconds / 1_000_000
}

function number(attributes: Attributes, name: string): number | undefined {
  const value = attributes[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function plainTextOf(attributes: Attributes, name: string): string | undefined {
  const value = attributes[name]
  if (typeof value !== 'number' && typeof value !== 'string') return undefined
  return plainText(String(value))
}
