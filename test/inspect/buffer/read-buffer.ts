import type { EvalspanError } from '../../../src/errors.ts'
import { findBuffers, type BufferPlace } from '../../../src/inspect/buffer/find-buffers.ts'
import { openBuffer } from '../../../src/inspect/buffer/open-buffer.ts'
import type { BufferedEvent, SampleBuffer } from '../../../src/inspect/buffer/sample-buffer.ts'
import { onTestFinished } from 'vitest'

/** Opened and refreshed; what goes wrong is in `problems`. */
export async function openPlace(place: BufferPlace): Promise<{ buffer: SampleBuffer; problems: EvalspanError[] }> {
  const problems: EvalspanError[] = []
  const buffer = openBuffer(place, { onProblem: (error) => problems.push(error) })
  onTestFinished(() => buffer.close())
  await buffer.refresh()
  return { buffer, problems }
}

export async function openFor(logPath: string, env: NodeJS.ProcessEnv): ReturnType<typeof openPlace> {
  const [place] = await findBuffers(logPath, env)
  return openPlace(place!)
}

export function changesOf(buffer: SampleBuffer, id: string | number, after = 0): BufferedEvent[] {
  const sample = buffer.samples().find(({ summary }) => summary.id === id)
  return sample ? [...buffer.changes(sample, after)] : []
}

export function eventsOf(buffer: SampleBuffer, id: string | number, after = 0): unknown[] {
  return changesOf(buffer, id, after).map(({ event }) => event)
}
