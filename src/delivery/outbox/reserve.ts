import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs'

const mostBytes = 2 ** 20

function reserveOf(path: string): string {
  return `${path}-reserve`
}

/**
 * Room on the disk that is given back when the disk is full: what has been delivered can be noted then, and what waits can
 * be sent. A disk with little room left gets a small one, or none.
 */
export class Reserve {
  readonly #path: string

  /** `path` is that of the database file. */
  constructor(path: string) {
    this.#path = reserveOf(path)
    if (existsSync(this.#path)) return
    try {
      const { bavail, bsize } = statfsSync(path)
      const bytes = Math.min(mostBytes, Math.floor((bavail * bsize) / 4))
      // Zeros that were never written would take no room.
      writeFileSync(this.#path, Buffer.alloc(bytes), { mode: 0o600 })
    } catch {
      this.release()
    }
  }

  release(): void {
    rmSync(this.#path, { force: true })
  }

  /** That of an outbox which cannot even be opened. */
  static releaseOf(path: string): void {
    rmSync(reserveOf(path), { force: true })
  }
}
