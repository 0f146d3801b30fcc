import { Hooks, plainText, type HookData } from '../../src/exporter.ts'

/** What is known of the tasks of a live run when they begin, such as how much there is to do; of logs that are replayed nobody knows. */
export class Plan {
  readonly #open = new Map<string, number>()
  /** By the id of the eval. */
  readonly #models = new Map<string, string>()
  tasksDone = 0
  #samples = 0

  get tasks(): number {
    return this.tasksDone + this.#open.size
  }

  /** Of the tasks that have begun, each epoch counted. */
  get samples(): number {
    return this.#samples
  }

  /** The model of an eval as its log has it; telemetry has other names for some providers. */
  modelOf(evalId: string | undefined): string | undefined {
    return evalId === undefined ? undefined : this.#models.get(evalId)
  }

  begin({ eval_id: id, spec }: HookData<'onTaskStart'>): void {
    const epochs = Number(spec.config['epochs'] ?? 1)
    const samples = (spec.dataset.sample_ids?.length ?? spec.dataset.samples ?? 0) * epochs
    this.#open.set(id, samples)
    this.#models.set(id, plainText(spec.model))
    this.#samples += samples
  }

  end({ eval_id: id }: HookData<'onTaskEnd'>): void {
    if (this.#open.delete(id)) this.tasksDone += 1
  }
}

/** Hooks that keep a plan up to date. */
export function planHooks(plan: Plan): typeof Hooks {
  return class extends Hooks {
    override onTaskStart(data: HookData<'onTaskStart'>): void {
      plan.begin(data)
    }
    override onTaskEnd(data: HookData<'onTaskEnd'>): void {
      plan.end(data)
    }
  }
}
