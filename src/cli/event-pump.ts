import { setImmediate as turn } from 'node:timers/promises'
import type { Session } from '../builtin.ts'
import type { HookEvent } from '../hooks/hooks.ts'
import { orAborted } from './or-aborted.ts'

/** An event makes a few items at most, so it is enough to ask for room now and then. */
const eventsBetweenWaits = 50

/** Fires events of logs at a session, no faster than it has room for what comes of them. */
export class EventPump {
  readonly #session: Session
  readonly #interrupt: AbortSignal
  #count = 0
  #lastTurn = performance.now()

  constructor(session: Session, interrupt: AbortSignal) {
    this.#session = session
    this.#interrupt = interrupt
  }

  async fire({ hook, data, meta }: HookEvent): Promise<void> {
    await this.#session.emitter.emit(hook, data, meta)
    this.#count += 1
    if (this.#count % eventsBetweenWaits !== 0) return
    // Room may not come for as long as a backend is away.
    await orAborted(this.#session.room(), this.#interrupt)
    if (performance.now() - this.#lastTurn <= 5) return
    // Signals, timers and sockets have their turn, however much can be read at once.
    await turn()
    this.#lastTurn = performance.now()
  }
}
