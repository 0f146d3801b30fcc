import { Hooks, type HookData } from '../../src/exporter.ts'

/** How much there is to do in a live run; of logs that are replayed nobody knows. */
export class Plan {
  readonly #open = new Map<string, number>()
  tasksDone = 0
  #samples = 0

  get tasks(): number {
    return this.tasksDone + this.#open.size
  }

  /** Of the tasks that have begun, each epoch counted. */
  get samples(): number {
    return this.#samples
  }

  begin({ eval_id: id, spec }: HookData<'onTaskStart'>): void {
    const epochs = Number(spec.config['epochs'] ?? 1)
    const samples = (spec.dataset.sample_ids?.length ?? spec.dataset.samples ?? 0) * epochs
    this.#open.set(id, samples)
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
