import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeLog } from './make-log.ts'

export interface LogDefaults {
  readonly megabytes: number
  readonly samples: number
  readonly events: number
  readonly chunked?: boolean | undefined
}

/**
 * Makes a log, or the one that the command line asks for (`--megabytes`, `--samples`, `--events`, `--chunked`), and
 * removes it afterwards.
 */
export async function withLog(
  defaults: LogDefaults,
  use: (path: string, about: string) => Promise<void>,
): Promise<void> {
  const { values } = parseArgs({
    options: {
      megabytes: { type: 'string', default: String(defaults.megabytes) },
      samples: { type: 'string', default: String(defaults.samples) },
      events: { type: 'string', default: String(defaults.events) },
      chunked: { type: 'boolean', default: defaults.chunked ?? false },
    },
  })
  const samples = Number(values.samples)
  const eventsPerSample = Number(values.events)
  const { chunked } = values
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'bench.eval')
    const { bytes, compressed } = makeLog(path, {
      megabytes: Number(values.megabytes),
      samples,
      eventsPerSample,
      chunked,
    })
    const size = `${megabytes(bytes)} of JSON (${megabytes(compressed)} compressed)`
    const what = samples === 1 ? 'one sample' : `${samples} samples`
    await use(path, `${what} of ${eventsPerSample} events${chunked ? ' in chunks' : ''}, ${size}`)
  })
}

/** Makes the logs one after the other; only the one of the command line if it asks for one. */
export async function withLogs(
  defaults: readonly LogDefaults[],
  use: (path: string, about: string) => Promise<void>,
): Promise<void> {
  for (const each of process.argv.length > 2 ? defaults.slice(0, 1) : defaults) await withLog(each, use)
}

export async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'evalspan-bench-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`
}
