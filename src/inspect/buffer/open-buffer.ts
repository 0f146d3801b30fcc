import type { EvalspanError } from '../../errors.ts'
import { SampleBuffer } from './sample-buffer.ts'
import { DatabaseFile } from './database-file.ts'
import type { BufferPlace } from './find-buffers.ts'
import { SharedFolder } from './shared-folder.ts'

export interface BufferOptions {
  /** A row or a part that cannot be read; the others are read all the same. */
  readonly onProblem: (error: EvalspanError) => void
}

/** Nothing is read before the first `refresh`. */
export function openBuffer(place: BufferPlace, { onProblem }: BufferOptions): SampleBuffer {
  const source = place.kind === 'database' ? new DatabaseFile(place) : new SharedFolder(place, onProblem)
  return new SampleBuffer(place, source, onProblem)
}
