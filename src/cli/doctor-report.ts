import type { Check } from '../exporter.ts'

/** One thing that was looked at. `ok` undefined (in JSON `null`): it could not be asked, or is neither good nor bad. */
export type Finding = Omit<Check, 'what'> & { readonly what: string }

export interface SinkReport {
  readonly name: string
  readonly address?: string | undefined
  readonly checks: readonly Finding[]
}

export interface ExporterReport {
  readonly name: string
  readonly on: boolean
  /** Why it cannot be used, or is off. */
  readonly finding: Finding
  readonly switchedOnBy: readonly string[]
  readonly sinks: readonly SinkReport[]
}

/** What `evalspan doctor --json` prints. */
export interface DoctorReport {
  /** No check failed. */
  readonly ok: boolean
  readonly installation: readonly Finding[]
  readonly hooks: readonly Finding[]
  readonly outbox: readonly Finding[]
  readonly exporters: readonly ExporterReport[]
}
