import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface ChildResult {
  /** From start to end of the process, Node's own start included. */
  readonly milliseconds: number
  readonly peakMegabytes: number
}

/** Runs a script with Node and says how long it took and how much memory it had at most. */
export async function runChild(script: string, flags: readonly string[]): Promise<ChildResult> {
  const folder = mkdtempSync(join(tmpdir(), 'evalspan-bench-'))
  const peakFile = join(folder, 'peak')
  const reporter = new URL('report-peak.ts', import.meta.url).href
  const path = fileURLToPath(new URL(script, import.meta.url))
  try {
    const start = performance.now()
    const child = spawn(process.execPath, ['--import', reporter, path, ...flags], {
      // A destination that is on, so that everything is mapped; a dry run sends nothing to it.
      env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', BENCH_PEAK_FILE: peakFile },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0) {
      throw new Error(`${script} ended with ${code}`)
    }
    return { milliseconds: performance.now() - start, peakMegabytes: Number(readFileSync(peakFile, 'utf8')) / 1e6 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
