import type { AgentCalls } from './spans.ts'
import type { TranscriptSpans } from './transcript-spans.ts'

export const noCalls: AgentCalls = { inference: 0, tool: 0 }

/** How many calls each agent made in one attempt. */
export class CallCounts {
  readonly #spans: TranscriptSpans
  readonly #calls = new Map<string, AgentCalls>()

  constructor(spans: TranscriptSpans) {
    this.#spans = spans
  }

  /** Counts a call for the agent that made it. */
  add(inspectSpanId: string | undefined, what: keyof AgentCalls): void {
    const agent = this.#spans.agentOf(inspectSpanId)
    if (!agent) return
    const calls = this.of(agent.id)
    this.#calls.set(agent.id, { ...calls, [what]: calls[what] + 1 })
  }

  of(inspectSpanId: string): AgentCalls {
    return this.#calls.get(inspectSpanId) ?? noCalls
  }
}
