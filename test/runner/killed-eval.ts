import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { fromRecord } from '../../src/hooks/wire.ts'
import type { HookEvent } from '../../src/index.ts'
import { parse } from '../../src/inspect/json.ts'
import { eventually } from '../faults/child-process.ts'
import { temporaryFile, temporaryFolder } from '../inspect/temporary-file.ts'

export interface KilledEval {
  readonly folder: string
  readonly log: string
  /** All that its hooks were told. */
  readonly live: readonly HookEvent[]
}

/** An eval that runs in a process of its own, two samples at once, and sends nothing anywhere. */
export class LongEval {
  readonly folder: string = temporaryFolder()
  readonly #events = temporaryFile('events.jsonl', '')
  readonly #child: ChildProcess

  constructor() {
    const program = join(import.meta.dirname, 'child/long-eval.ts')
    const env = { PATH: process.env['PATH'] }
    this.#child = spawn(process.execPath, [program, this.folder, this.#events], { stdio: 'inherit', env })
    onTestFinished(() => void this.#child.kill('SIGKILL'))
  }

  /** Resolves when so many of its samples have ended, and something is beside its log. */
  async until(samples: number): Promise<void> {
    await eventually(
      `${samples} samples`,
      () =>
        this.#told.filter(({ hook }) => hook === 'onSampleEnd').length >= samples &&
        manifestIn(this.folder) !== undefined,
    )
  }

  async kill(): Promise<KilledEval> {
    const { folder } = this
    this.#child.kill('SIGKILL')
    const [code, signal] = (await once(this.#child, 'close')) as [number, string]
    if (signal !== 'SIGKILL') throw new Error(`it ended too early, with ${code}`)
    const log = join(
      folder,
      readdirSync(folder).find((name) => name.endsWith('.eval'))!,
    )
    // Where processes cannot be told apart a run may be elsewhere that wrote something just now.
    utimesSync(manifestIn(folder)!, Date.now() / 1000 - 600, Date.now() / 1000 - 600)
    return { folder, log, live: this.#told }
  }

  /** The last line may be half of one. */
  get #told(): HookEvent[] {
    const lines = readFileSync(this.#events, 'utf8').split('\n').slice(0, -1)
    return lines.map((line) => fromRecord(parse(line), { replay: false }))
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
