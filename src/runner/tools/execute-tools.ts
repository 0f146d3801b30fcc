import { LimitExceededError } from '../../errors.ts'
import type { ChatMessage, ToolCall, ToolEvent } from '../../inspect/records.ts'
import type { ActiveSample } from '../sample/active.ts'
import { callTool } from './call-tool.ts'
import { timestamp } from '../clock.ts'
import { shortUuid } from '../short-uuid.ts'
import type { TaskState } from '../sample/task-state.ts'
import type { Draft } from '../sample/transcript.ts'

/**
 * Makes all tool calls of a message at the same time; each is a span with its event. `maxOutput`: of each result in bytes;
 * that of the task when left out.
 */
export async function executeTools(
  { tool_calls: calls = [] }: ChatMessage,
  state: TaskState,
  sample: ActiveSample,
  maxOutput: unknown = sample.config['max_tool_output'],
): Promise<ChatMessage[]> {
  const most = typeof maxOutput === 'number' ? maxOutput : undefined
  const results = await Promise.allSettled(calls.map((call) => executeTool(call, state, sample, most)))
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}

async function executeTool(
  call: ToolCall,
  state: TaskState,
  sample: ActiveSample,
  maxOutput: number | undefined,
): Promise<ChatMessage> {
  const { transcript } = sample
  // As in Inspect the event of a call belongs to the span around that of the tool, stands in the latter, and is told when
  // that is over.
  const place = transcript.place()
  const run = new ToolRun(call, state, sample)
  try {
    return await transcript.span(call.function, 'tool', () => run.run(place, maxOutput))
  } finally {
    if (run.event) transcript.changed(run.event)
  }
}

class ToolRun {
  event: Draft<ToolEvent> | undefined
  readonly #call: ToolCall
  readonly #state: TaskState
  readonly #sample: ActiveSample

  constructor(call: ToolCall, state: TaskState, sample: ActiveSample) {
    this.#call = call
    this.#state = state
    this.#sample = sample
  }

  async run(
    place: ReturnType<ActiveSample['transcript']['place']>,
    maxOutput: number | undefined,
  ): Promise<ChatMessage> {
    const { transcript, clock, signal } = this.#sample
    const { id, function: name, arguments: args } = this.#call
    const messageId = shortUuid()
    const start = clock.working
    const event = transcript.add<ToolEvent>({
      event: 'tool',
      ...place,
      type: 'function',
      id,
      function: name,
      arguments: args,
      result: '',
      pending: true,
    })
    this.event = event
    const finish = (fields: object): void => {
      Object.assign(event, fields, { completed: timestamp(), working_time: clock.working - start })
      delete event.pending
    }
    try {
      const options = { messages: this.#state.messages, abortSignal: signal, maxOutput }
      const { content, error, truncated } = await callTool(this.#call, this.#state.tools, options)
      const failure = error && { error }
      finish({ result: content, ...(truncated && { truncated }), ...failure, message_id: messageId })
      return { id: messageId, role: 'tool', content, tool_call_id: id, function: name, ...failure }
    } catch (error) {
      // What is cut off is never told of, unless it was by the limit of work; as in Inspect.
      if (!signal.aborted) finish({ result: '', failed: true })
      else if (LimitExceededError.is(signal.reason) && signal.reason.type === 'working') {
        const cut = { type: 'cancelled', message: 'Tool call cancelled by limit.' }
        Object.assign(event, { result: '', failed: true, error: cut })
        delete event.pending
        transcript.changed(event)
        this.event = undefined
      }
      throw error
    }
  }
}
