import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Child, evalspan, startEvalspan, type Ended, type Variables } from '../faults/child-process.ts'
import { variablesFor } from '../faults/variables.ts'
import { Arrivals } from './arrivals.ts'
import { pythonCommand } from './inspect-python.ts'

/** A folder in which evals run, and evalspan's commands with an outbox there and a backend of their own. */
export class InspectScene implements AsyncDisposable {
  readonly arrivals: Arrivals
  readonly logs: string
  readonly #folder: string
  readonly #data: string
  readonly #children: Child[] = []

  private constructor(arrivals: Arrivals, folder: string, data: string) {
    this.arrivals = arrivals
    this.#folder = folder
    this.#data = data
    this.logs = join(folder, 'logs')
    mkdirSync(this.logs)
  }

  /** `beside`: a scene whose evals this one's commands look at, as those of another user of the same machine. */
  static async open(beside?: InspectScene): Promise<InspectScene> {
    const folder = mkdtempSync(join(tmpdir(), 'evalspan-inspect-'))
    return new InspectScene(await Arrivals.start(), folder, beside ? beside.#data : join(folder, 'data'))
  }

  /** Runs `live_evals.py`, which says what its options are. */
  startEval(...options: readonly string[]): Child {
    return this.#keep(new Child(pythonCommand('live_evals.py', this.logs, ...options), this.#variables))
  }

  watch(...options: readonly string[]): Child {
    const most = ['--interval', '0.2', '--quiet', '3', ...options]
    return this.#keep(startEvalspan(['watch', this.logs, ...most], this.#variables))
  }

  async replay(path: string, ...options: readonly string[]): Promise<Ended> {
    return await evalspan(['replay', path, ...options], this.#variables)
  }

  /** As if the runs had written nothing to their buffers for a while: before, one that was killed may be elsewhere. */
  silence(): void {
    // Inspect removes what is older than three days.
    const time = Date.now() / 1000 - 600
    const names = readdirSync(this.#data, { recursive: true, encoding: 'utf8' })
    for (const name of names) if (/\.db(-wal)?$/.test(name)) utimesSync(join(this.#data, name), time, time)
  }

  /** One of evalspan's own commands. */
  evalspan(args: readonly string[], more: Variables = {}): Child {
    return this.#keep(startEvalspan(args, { ...this.#variables, ...more }))
  }

  /** Any other command, with the same environment. */
  run(command: readonly string[], more: Variables = {}): Child {
    return this.#keep(new Child(command, { ...this.#variables, ...more }))
  }

  /** A place for a file or a folder beside the logs. */
  place(name: string): string {
    return join(this.#folder, name)
  }

  /** The logs that there are, by name. */
  get paths(): string[] {
    return readdirSync(this.logs)
      .filter((name) => name.endsWith('.eval'))
      .toSorted()
      .map((name) => join(this.logs, name))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL')
    await Promise.all(this.#children.map(({ ended }) => ended))
    await this.arrivals.close()
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }

  get #variables(): Variables {
    return variablesFor(this.#folder, this.arrivals.url, { XDG_DATA_HOME: this.#data })
  }

  #keep(child: Child): Child {
    this.#children.push(child)
    return child
  }
}

/** What a first replay of this path sends, by somebody who has sent nothing before. */
export async function freshReplay(scene: InspectScene, path: string): Promise<Arrivals> {
  await using other = await InspectScene.open(scene)
  const { code, stdout, stderr } = await other.replay(path)
  if (code !== 0) throw new Error(`replay ended with ${code}: ${stdout}\n${stderr}`)
  return other.arrivals
}
