import type { Report } from '../../hooks/report.ts'

/** Tells once a model what was not passed on of its settings, and what its provider says of a call. */
export class CallWarnings {
  readonly #model: string
  readonly #report: Report
  readonly #told = new Set<string>()

  constructor(model: string, report: Report) {
    this.#model = model
    this.#report = report
  }

  /** Settings, in Inspect's names, for which the AI SDK has no place. */
  unused(settings: readonly string[]): void {
    for (const setting of settings) this.#tell(`${setting} is not passed on: the AI SDK has no place for it`)
  }

  /** What `doGenerate` gives as `warnings`. */
  ofProvider(warnings: readonly { readonly [field: string]: unknown }[]): void {
    for (const { type, feature, setting, message, details } of warnings) {
      const what = [type, feature ?? setting, message, details].filter((part) => typeof part === 'string')
      this.#tell(`its provider warns: ${what.join(': ')}`)
    }
  }

  #tell(warning: string): void {
    if (this.#told.has(warning)) return
    this.#told.add(warning)
    this.#report(`${this.#model}: ${warning}`)
  }
}
