import type { ModelRetry } from '../hooks/events.ts'
import type { HookEvent } from '../hooks/hooks.ts'
import { isFields } from '../inspect/fields.ts'
import type { FailedAttempt } from '../inspect/model-calls.ts'
import type { ModelEvent } from '../inspect/records.ts'
import { addSeconds, parseTime } from '../time.ts'
import { fire } from './fire.ts'

/** The ids that every hook of a sample carries. */
export interface SampleIds {
  readonly eval_set_id: string | null
  readonly run_id: string
  readonly eval_id: string
  readonly sample_id: string
}

/** Of a call that is about to be made. Its `sample_id` is an id that Inspect writes nowhere. */
export function beforeGenerate(ids: SampleIds, task: string, event: ModelEvent): HookEvent {
  const { sample_id: _, ...evalIds } = ids
  return fire(
    'onBeforeModelGenerate',
    {
      model_name: event.model,
      // Copies: a hook may change these, and the log's event is to stay as it was.
      input: [...event.input],
      tools: [...(event.tools ?? [])],
      tool_choice: event.tool_choice ?? null,
      config: { ...event.config },
      cache: event.cache ? 'write' : null,
      ...evalIds,
      sample_id: null,
      task_name: task,
    },
    event.timestamp,
  )
}

/** That a failed attempt is tried again; nothing where it was not. */
export function* modelRetry(ids: SampleIds, task: string, failed: FailedAttempt | undefined): Generator<HookEvent> {
  const told = toldRetry(failed?.event)
  if (!failed || (!failed.next && !told)) return
  const { sample_id, ...evalIds } = ids
  const { event, attempt, end, next } = failed
  const modelName = event.model.slice(event.model.indexOf('/') + 1)
  if (told) {
    const { time, ...retry } = told
    yield fire('onModelRetry', { model_name: modelName, ...retry, ...evalIds, sample_id, task_name: task }, time)
    return
  }
  if (!next) return
  yield fire(
    'onModelRetry',
    {
      model_name: modelName,
      attempt,
      wait_time: Math.round(next.wait * 1e6) / 1e6,
      ...evalIds,
      sample_id,
      task_name: task,
      exception_type: exceptionType(event),
      status_code: statusIn(event.error ?? ''),
    },
    end,
  )
}

/** Our own runner says in the event of a failed attempt what it told the hook. */
function toldRetry(event: ModelEvent | undefined): (ToldRetry & { readonly time: string }) | undefined {
  const told = event?.metadata?.['evalspan_retry']
  if (!isFields(told) || parseTime(told['time']) === undefined) return undefined
  const { attempt, wait_time, exception_type = null, status_code = null, time } = told
  if (typeof attempt !== 'number' || typeof wait_time !== 'number') return undefined
  return { attempt, wait_time, exception_type, status_code, time } as ToldRetry & { time: string }
}

type ToldRetry = Pick<ModelRetry, 'attempt' | 'wait_time' | 'exception_type' | 'status_code'>

/** Nothing for a call without an answer, and for a provider that does not count. */
export function* modelUsage(ids: SampleIds, task: string, event: ModelEvent): Generator<HookEvent> {
  const { sample_id: _, ...evalIds } = ids
  const usage = event.output?.usage
  if (!usage || event.pending) return
  const time = event.completed ?? addSeconds(parseTime(event.timestamp) ?? [0, 0], event.output?.time ?? 0)
  if (event.cache === 'read') yield fire('onModelCacheUsage', { model_name: event.model, usage }, time)
  else {
    const call = {
      model_name: event.model,
      usage,
      call_duration: event.output?.time ?? 0,
      ...evalIds,
      task_name: task,
      retries: 0,
    }
    yield fire('onModelUsage', call, time)
  }
}

/** The class of the exception is told by the last line of its traceback, and where there is none by its text. */
function exceptionType({ error = '', traceback = '' }: ModelEvent): string | null {
  const parts = traceback.split('\nThe above exception was the direct cause of the following exception:\n')
  // What providers retry themselves is reported by its cause.
  const raised = classRaised(parts.at(-1)!)
  const name = raised === 'RetryError' && parts.length > 1 ? classRaised(parts.at(-2)!) : raised
  return name ?? /^([A-Za-z_]\w*)\(/.exec(error)?.[1] ?? null
}

function classRaised(traceback: string): string | undefined {
  const lines = traceback.split('\n')
  const frame = lines.findLastIndex((line) => line.startsWith('  File "'))
  const last = lines.slice(frame + 1).find((line) => /^[A-Za-z_]/.test(line))
  return frame < 0 ? undefined : /^[\w.<>]*?(\w+)(?::|$)/.exec(last ?? '')?.[1]
}

/** An HTTP status that the text of an error gives away: `429`, `Error code: 503`. */
function statusIn(message: string): number | null {
  const match =
    /\b(?:status(?:[ _]code)?|code|HTTP)\D{0,3}([45]\d\d)\b/i.exec(message) ??
    /\b(408|409|429|5[023]\d)\b/.exec(message)
  return match ? Number(match[1]) : null
}
