import type { Ledger } from './ledger.ts'

/** What the matrix of faults needs of a backend. */
export interface FaultyBackend extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly ledger: Ledger
  /** Requests that met the fault. */
  readonly faulty: number
  heal(): void
  /** On the port that it had before. */
  listen(): Promise<void>
  /** From then on connections are refused. */
  close(): Promise<void>
}
