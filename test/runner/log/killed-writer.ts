import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EvalSample } from '../../../src/inspect/records.ts'
import { noisySample } from './noise.ts'
import { temporaryFolder } from '../../inspect/temporary-file.ts'

export interface KilledWriter {
  readonly path: string
  /** How many samples it said were in the file. */
  readonly told: number
  /** Those, and one more that may be there though the word of it is not. */
  readonly samples: readonly EvalSample[]
}

/** Kills a writer so many milliseconds after its first sample. */
export async function killedAfter(ms: number): Promise<KilledWriter> {
  const program = join(import.meta.dirname, 'child/write-log.ts')
  const child = spawn(process.execPath, [program, temporaryFolder()], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (output += text))
  while (!output.includes('\n1\n')) await once(child.stdout, 'data', { signal: AbortSignal.timeout(20_000) })
  await sleep(ms)
  child.kill('SIGKILL')
  await once(child, 'close')
  const lines = output.split('\n').slice(0, -1)
  const told = Number(lines.at(-1))
  return { path: lines[0]!, told, samples: Array.from({ length: told + 1 }, (_, index) => noisySample(index + 1)) }
}
