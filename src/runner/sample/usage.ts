import type { EvalStats, ModelUsage } from '../../inspect/records.ts'

type Counts = { -readonly [K in keyof ModelUsage]: ModelUsage[K] }

/** Tokens by model and by the role that a model had. */
export class Usage {
  readonly byModel: { [model: string]: ModelUsage } = {}
  readonly byRole: { [role: string]: ModelUsage } = {}

  /** `before`: what it goes on from. */
  constructor({ model_usage: byModel, role_usage: byRole }: Pick<EvalStats, 'model_usage' | 'role_usage'> = {}) {
    Object.assign(this.byModel, byModel)
    Object.assign(this.byRole, byRole)
  }

  add(model: string, role: string | undefined, usage: ModelUsage): void {
    this.byModel[model] = sum(this.byModel[model], usage)
    if (role !== undefined) this.byRole[role] = sum(this.byRole[role], usage)
  }
}

function sum(before: ModelUsage | undefined, usage: ModelUsage): ModelUsage {
  const total: Counts = { input_tokens: 0, output_tokens: 0, total_tokens: 0, ...before }
  for (const [name, count] of Object.entries(usage) as [keyof ModelUsage, number | undefined][]) {
    if (count !== undefined) total[name] = (total[name] ?? 0) + count
  }
  return total
}
