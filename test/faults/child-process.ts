import { spawn, type ChildProcess } from 'node:child_process'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DeliveryReport } from '../../src/delivery/report.ts'
import type { HostRun } from './child/host.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const host = join(import.meta.dirname, 'child/host.ts')

export type Variables = Readonly<Record<string, string>>

/** How a process ended. */
export interface Ended {
  /** As a shell shows it: 128 and the signal's number for one that a signal ended. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

/** What a host program told by its end. */
interface Told {
  readonly opened?: true
  readonly stored?: number
  readonly paused?: number
  readonly fired?: number
  readonly report?: DeliveryReport
  readonly closedInMs?: number
}

const mostMs = 100_000

/** A process with nothing in its environment but what it is given. Node's compile cache saves half of its start. */
export class Child {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  #stdout = ''
  #stderr = ''
  #isOver = false
  #onText: () => void = () => {}

  /** `longestMs`: after so long it is killed, so that a test that hangs ends. */
  constructor(command: readonly string[], variables: Variables, longestMs = mostMs) {
    const began = performance.now()
    const [program = '', ...args] = command
    this.process = spawn(program, args, {
      env: {
        PATH: process.env['PATH'] ?? '',
        NODE_COMPILE_CACHE: join(tmpdir(), 'evalspan-test-cache'),
        ...variables,
      },
      stdio: 'pipe',
    })
    // A child that is gone reads nothing.
    this.process.stdin?.on('error', () => {})
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
      this.#onText()
    })
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => void (this.#stderr += text))
    const guard = setTimeout(() => this.kill('SIGKILL'), longestMs)
    this.ended = new Promise((resolve, reject) => {
      this.process.on('error', reject)
      this.process.on('close', (code, signal) => {
        clearTimeout(guard)
        this.#isOver = true
        this.#onText()
        const ms = Math.round(performance.now() - began)
        resolve({ code: code ?? 128 + constants.signals[signal!], stdout: this.#stdout, stderr: this.#stderr, ms })
      })
    })
  }

  get told(): Told {
    const whole = this.#stdout.slice(0, this.#stdout.lastIndexOf('\n') + 1)
    const lines = whole.split('\n').filter((line) => line.startsWith('{'))
    return Object.assign({}, ...lines.map((line) => JSON.parse(line) as Told)) as Told
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal)
  }

  /** Lets one that has paused go on. */
  resume(): void {
    this.process.stdin?.write('on\n')
  }

  /** Resolves when it has told that; rejects when it ended without. */
  async until(told: (told: Told) => boolean): Promise<void> {
    while (!told(this.told)) {
      if (this.#isOver) throw new Error(`it ended too early\n${this.#stdout}\n${this.#stderr}`)
      await new Promise<void>((resolve) => void (this.#onText = resolve))
    }
  }
}

export function startHost(run: HostRun, variables: Variables): Child {
  return new Child([process.execPath, host, JSON.stringify(run)], variables)
}

/** The host's command line for a shell, which sets limits before. */
export function startHostInShell(run: HostRun, before: string, variables: Variables): Child {
  return new Child(
    ['/bin/sh', '-c', `${before}; exec "$@"`, 'sh', process.execPath, host, JSON.stringify(run)],
    variables,
  )
}

export function startEvalspan(args: readonly string[], variables: Variables, longestMs?: number): Child {
  return new Child([process.execPath, main, ...args], variables, longestMs)
}

export function evalspan(args: readonly string[], variables: Variables): Promise<Ended> {
  return startEvalspan(args, variables).ended
}

/** Resolves when it holds; rejects with what was waited for when it does not within 20 seconds. */
export async function eventually(what: string, holds: () => boolean): Promise<void> {
  for (const deadline = performance.now() + 20_000; !holds(); await sleep(5)) {
    if (performance.now() > deadline) throw new Error(`${what}: not within 20 s`)
  }
}
