import type { Json, OtherEvent } from '../../inspect/records.ts'
import { activeSample } from './active.ts'

/** What is done in it is a span of its own in the transcript of the sample; outside of samples it is done, no more. */
export async function span<T>(name: string, run: () => Promise<T>, type: string = name): Promise<T> {
  const sample = activeSample()
  return sample ? await sample.transcript.span(name, type, run) : await run()
}

/** Puts a note into the transcript of the sample. */
export function info(data: Json, source?: string): void {
  activeSample()?.transcript.add<OtherEvent>({ event: 'info', ...(source !== undefined && { source }), data })
}
