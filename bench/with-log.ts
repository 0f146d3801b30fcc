import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeLog } from './make-log.ts'

/** Makes the log that the command line asks for (`--megabytes`, `--samples`, `--events`), and removes it afterwards. */
export async function withLog(
  defaults: { megabytes: number; samples: number; events: number },
  use: (path: string, about: string) => Promise<void>,
): Promise<void> {
  const { values } = parseArgs({
    options: {
      megabytes: { type: 'string', default: String(defaults.megabytes) },
      samples: { type: 'string', default: String(defaults.samples) },
      events: { type: 'string', default: String(defaults.events) },
    },
  })
  const samples = Number(values.samples)
  const eventsPerSample = Number(values.events)
  const folder = mkdtempSync(join(tmpdir(), 'evalspan-bench-'))
  try {
    const path = join(folder, 'bench.eval')
    const { bytes, compressed } = makeLog(path, { megabytes: Number(values.megabytes), samples, eventsPerSample })
    const size = `${(bytes / 1e6).toFixed(0)} MB of JSON (${(compressed / 1e6).toFixed(0)} MB compressed)`
    await use(path, `${samples} samples of ${eventsPerSample} events, ${size}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
