import { parse } from '../../../src/inspect/json.ts'

interface Record {
  readonly hook: string
  readonly data: {
    readonly eval_set_id?: string | null
    readonly run_id?: string
    readonly eval_id?: string
    readonly sample_id?: string
    readonly event?: { readonly event: string; readonly id?: string }
  }
}

/** What a forwarder says again of what is under way, when records before did not come. */
export class OpenLines {
  readonly #lines = new Map<string, string>()

  /** An end that does not arrive does not end anything. */
  take(line: string, arrives: boolean): void {
    const { hook, data } = parse(line) as Record
    const { eval_set_id: set, run_id: run, eval_id: task, sample_id: sample, event } = data
    const keys: { readonly [hook: string]: string } = {
      on_eval_set_start: `set ${set}`,
      on_run_start: `run ${run}`,
      on_task_start: `run ${run} task ${task}`,
      on_sample_init: `run ${run} task ${task} sample ${sample} init`,
      on_sample_start: `run ${run} task ${task} sample ${sample} start`,
      on_sample_attempt_start: `run ${run} task ${task} sample ${sample} attempt`,
    }
    const key = keys[hook]
    if (key !== undefined) this.#lines.set(key, line)
    if (event?.event === 'span_begin') {
      this.#lines.set(`run ${run} task ${task} sample ${sample} span ${event.id}`, line)
    }
    if (event?.event === 'span_end') this.#lines.delete(`run ${run} task ${task} sample ${sample} span ${event.id}`)
    if (!arrives) return
    if (hook === 'on_sample_end') this.#forget(`run ${run} task ${task} sample ${sample}`)
    if (hook === 'on_run_end') this.#forget(`run ${run}`)
    if (hook === 'on_eval_set_end') this.#forget(`set ${set}`)
  }

  get lines(): string[] {
    return [...this.#lines.values()]
  }

  #forget(prefix: string): void {
    for (const key of this.#lines.keys()) if (key === prefix || key.startsWith(`${prefix} `)) this.#lines.delete(key)
  }
}
