import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

/** So long after a signal it is known whether the witness got it as well. */
const patienceMs = 200

/**
 * Tells whether a signal went to the whole process group. Neither a process itself nor the system can say, so another one
 * waits beside it which any signal ends.
 */
export class GroupWitness implements Disposable {
  #process: ChildProcess | undefined

  constructor() {
    this.#start()
  }

  /** To be asked when a signal has just come: whether all others of the group have got it too. */
  async gotIt(signal: NodeJS.Signals): Promise<boolean> {
    const witness = this.#process
    // Without one it is most likely so where there is a terminal.
    if (!witness)
      return signal === 'SIGINT' && [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)
    if (witness.exitCode === null && witness.signalCode === null) {
      await Promise.race([once(witness, 'exit'), sleep(patienceMs)])
    }
    if (witness.signalCode === null) return false
    if (this.#process === witness) this.#start()
    return true
  }

  [Symbol.dispose](): void {
    this.#process?.kill('SIGKILL')
    this.#process = undefined
  }

  #start(): void {
    // It ends with its input when this process is killed.
    const witness = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] })
    witness.stdin.on('error', () => {})
    witness.on('error', () => {
      if (this.#process === witness) this.#process = undefined
    })
    this.#process = witness
  }
}
