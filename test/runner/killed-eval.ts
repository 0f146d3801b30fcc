import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { fromRecord } from '../../src/hooks/wire.ts'
import type { HookEvent } from '../../src/index.ts'
import { parse } from '../../src/inspect/json.ts'
import { temporaryFolder } from '../inspect/temporary-file.ts'

export interface KilledEval {
  readonly folder: string
  readonly log: string
  /** All that its hooks were told. */
  readonly live: readonly HookEvent[]
}

/** An eval that was killed when so many of its samples had ended, and something was beside its log. */
export async function killedEval(samples: number): Promise<KilledEval> {
  const folder = temporaryFolder()
  const program = join(import.meta.dirname, 'child/long-eval.ts')
  const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    const ended = output.split('"hook":"on_sample_end"').length - 1
    if (ended >= samples && manifestIn(folder) !== undefined) child.kill('SIGKILL')
  })
  const [code, signal] = (await once(child, 'close', { signal: AbortSignal.timeout(30_000) })) as [number, string]
  if (signal !== 'SIGKILL') throw new Error(`it ended too early, with ${code}`)
  const lines = output.slice(0, output.lastIndexOf('\n')).split('\n')
  const log = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.eval'))!,
  )
  // Where processes cannot be told apart a run may be elsewhere that wrote something just now.
  utimesSync(manifestIn(folder)!, Date.now() / 1000 - 600, Date.now() / 1000 - 600)
  return { folder, log, live: lines.map((line) => fromRecord(parse(line), { replay: false })) }
}

function manifestIn(folder: string): string | undefined {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const name = names.find((each) => each.endsWith('manifest.json'))
  return name === undefined ? undefined : join(folder, name)
}
