import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { fromRecord } from '../../src/hooks/wire.ts'
import type { HookEvent } from '../../src/index.ts'
import { parse } from '../../src/inspect/json.ts'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../inspect/temporary-file.ts'

export interface KilledEval {
  readonly folder: string
  readonly log: string
  /** All that its hooks were told. */
  readonly live: readonly HookEvent[]
}

/** An eval that runs in a process of its own, two samples at once, and sends nothing anywhere. */
export class LongEval {
  readonly folder: string = temporaryFolder()
  readonly #child: ChildProcess
  #output = ''

  constructor() {
    const program = join(import.meta.dirname, 'child/long-eval.ts')
    const env = { PATH: process.env['PATH'] }
    this.#child = spawn(process.execPath, [program, this.folder], { stdio: ['ignore', 'pipe', 'inherit'], env })
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => void (this.#output += text))
    onTestFinished(() => void this.#child.kill('SIGKILL'))
  }

  /** Resolves when so many of its samples have ended, and something is beside its log. */
  async until(samples: number): Promise<void> {
    while (this.#output.split('"hook":"on_sample_end"').length - 1 < samples || manifestIn(this.folder) === undefined) {
      await once(this.#child.stdout!, 'data', { signal: AbortSignal.timeout(30_000) })
    }
  }

  async kill(): Promise<KilledEval> {
    const { folder } = this
    this.#child.kill('SIGKILL')
    const [code, signal] = (await once(this.#child, 'close')) as [number, string]
    if (signal !== 'SIGKILL') throw new Error(`it ended too early, with ${code}`)
    const lines = this.#output.slice(0, this.#output.lastIndexOf('\n')).split('\n')
    const log = join(
      folder,
      readdirSync(folder).find((name) => name.endsWith('.eval'))!,
    )
    // Where processes cannot be told apart a run may be elsewhere that wrote something just now.
    utimesSync(manifestIn(folder)!, Date.now() / 1000 - 600, Date.now() / 1000 - 600)
    return { folder, log, live: lines.map((line) => fromRecord(parse(line), { replay: false })) }
  }
}

/** An eval that was killed when so many of its samples had ended. */
export async function killedEval(samples: number): Promise<KilledEval> {
  const running = new LongEval()
  await running.until(samples)
  return await running.kill()
}

function manifestIn(folder: string): string | undefined {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const name = names.find((each) => each.endsWith('manifest.json'))
  return name === undefined ? undefined : join(folder, name)
}
