import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Request, Response } from './messages.ts'
import type { Verdict } from './oracle.ts'

export interface RunResult {
  readonly index: number
  readonly kind: string
  readonly note: string
  readonly damage: string
  readonly failures: readonly string[]
  /** Undefined when the worker did not get so far. */
  readonly verdict: Verdict | undefined
  readonly milliseconds: number
  readonly megabytes: number
  readonly problem: string | undefined
}

export interface Limits {
  /** Of a replay, and for each MB of the log one more. */
  readonly seconds: number
  /** More than the process had before; and 30 times the bytes of the log, or 5 times what it honestly expands to. */
  readonly megabytes: number
}

const script = fileURLToPath(new URL('child/worker.ts', import.meta.url))
/** For making a damaged log, which is not what is measured. */
const secondsToPrepare = 60

/** A process that does one run after another, and is replaced when it hangs or dies. */
export class WorkerProcess {
  readonly #limits: Limits
  readonly #writable: string
  #child: ChildProcess | undefined
  #hear: (response: Response | 'gone') => void = () => {}
  #errors = ''

  /** `writable`: the only folder in which the worker may write. */
  constructor(writable: string, limits: Limits) {
    this.#writable = writable
    this.#limits = limits
  }

  async run(request: Request): Promise<RunResult> {
    if (!this.#child) await this.#start()
    this.#child!.send(request)
    const ready = await this.#next(secondsToPrepare)
    const nothing = { index: request.index, verdict: undefined, milliseconds: 0, megabytes: 0, problem: undefined }
    if (typeof ready === 'string' || ready.step !== 'ready') {
      const failures = [`it was not made ready: ${this.#end(ready)}`]
      return { ...nothing, kind: 'unknown', note: '', damage: '', failures }
    }
    const { kind, note, damage, bytes, expands } = ready
    const before = this.#startMeasuring()
    const start = performance.now()
    this.#child!.send('go')
    const done = await this.#result(this.#limits.seconds + (bytes + expands / 20) / 1e6)
    const milliseconds = performance.now() - start
    const common = { ...nothing, kind, note, damage, milliseconds }
    if (typeof done === 'string' || done.step !== 'done') return { ...common, failures: [this.#end(done)] }
    const megabytes = Math.max(0, this.#memory('VmHWM') - before)
    const { verdict, problem } = done
    const most = this.#limits.megabytes + (30 * bytes + 5 * expands) / 1e6
    const failures = [...verdict.failures]
    if (megabytes > most) failures.push(`${Math.round(megabytes)} MB of memory, more than ${Math.round(most)}`)
    return { ...common, failures, verdict, milliseconds: done.milliseconds, megabytes, problem }
  }

  stop(): void {
    this.#child?.removeAllListeners().kill('SIGKILL')
    this.#child = undefined
  }

  async #start(): Promise<void> {
    const permissions = ['--permission', '--allow-fs-read=*', `--allow-fs-write=${this.#writable}`]
    this.#child = fork(script, {
      execArgv: ['--max-old-space-size=1024', ...permissions],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#errors = ''
    this.#child.stderr!.on('data', (data) => (this.#errors = `${this.#errors}${String(data)}`.slice(-2000)))
    this.#child.on('message', (response) => this.#hear(response as Response))
    this.#child.on('exit', () => this.#hear('gone'))
    const up = await this.#next(secondsToPrepare)
    if (typeof up === 'string') throw new Error(`the worker did not start: ${this.#errors}`)
  }

  /** On a busy machine little gets done in a second, so what counts is the time that the process had. */
  async #result(seconds: number): Promise<Response | 'gone' | 'late'> {
    const before = this.#processorSeconds()
    const end = performance.now() + 10_000 * seconds
    for (;;) {
      const heard = await this.#next(1)
      const spent = this.#processorSeconds() - before
      if (heard !== 'late' || spent > seconds || performance.now() > end) return heard
    }
  }

  #next(seconds: number): Promise<Response | 'gone' | 'late'> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve('late'), seconds * 1000)
      this.#hear = (response) => {
        clearTimeout(timer)
        resolve(response)
      }
    })
  }

  /** The process is of no use any more. */
  #end(how: Response | 'gone' | 'late'): string {
    const last = this.#errors.split('\n').findLast((line) => /error/i.test(line)) ?? ''
    this.stop()
    return how === 'late' ? 'it hung' : `the process ended: ${last}`
  }

  /** Megabytes that the process has now; from here on its peak counts anew, where the system can do that (Linux). */
  #startMeasuring(): number {
    try {
      writeFileSync(`/proc/${this.#child!.pid}/clear_refs`, '5')
    } catch {
      return Number.POSITIVE_INFINITY
    }
    return this.#memory('VmRSS')
  }

  /** All that the process has worked so far. Where that cannot be told (not Linux), the clock has to do. */
  #processorSeconds(): number {
    try {
      const fields = readFileSync(`/proc/${this.#child!.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
      return (Number(fields[11]) + Number(fields[12])) / 100
    } catch {
      return performance.now() / 1000
    }
  }

  #memory(field: string): number {
    try {
      const status = readFileSync(`/proc/${this.#child!.pid}/status`, 'utf8')
      return Number(new RegExp(`${field}:\\s*(\\d+)`).exec(status)?.[1] ?? 0) / 1000
    } catch {
      return 0
    }
  }
}
