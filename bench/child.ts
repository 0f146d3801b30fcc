import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Measurements } from './measure.ts'
import { inTemporaryFolder } from './with-log.ts'

/** `evalspan`, as it is installed. */
export const command = '../bin/evalspan.js'

/**
 * Runs a script with Node and says how long that took from start to end of the process, Node's own start included, and how
 * much memory it had at most.
 */
export async function runChild(script: string, flags: readonly string[]): Promise<Measurements> {
  return inTemporaryFolder(async (folder) => {
    const peakFile = join(folder, 'peak')
    const reporter = new URL('report-peak.ts', import.meta.url).href
    const path = fileURLToPath(new URL(script, import.meta.url))
    const start = performance.now()
    const child = spawn(process.execPath, ['--import', reporter, path, ...flags], {
      // A destination that is on, so that everything is mapped; a dry run sends nothing to it.
      env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', BENCH_PEAK_FILE: peakFile },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0) throw new Error(`${script} ended with ${code}`)
    return { ms: performance.now() - start, MB: Number(readFileSync(peakFile, 'utf8')) / 1e6 }
  })
}
