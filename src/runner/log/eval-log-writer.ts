import { writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { EvalLog, EvalPlan, EvalSample, EvalSpec } from '../../inspect/records.ts'
import { stringify } from '../../inspect/json.ts'
export class EvalLogWriter {
  readonly path: string
  samples: EvalSample[] = []
  constructor(path: string) {
    this.path = path
  }
  static async create({ folder, spec }: { folder: string; spec: EvalSpec; plan: EvalPlan }): Promise<EvalLogWriter> {
    mkdirSync(folder, { recursive: true })
    return new EvalLogWriter(join(folder, `${spec.created.replaceAll(':', '-')}_${spec.task}_${spec.task_id}.json`))
  }
  async sample(s: EvalSample): Promise<void> {
    this.samples.push(structuredClone(s))
  }
  async finish(log: EvalLog, reductions?: unknown): Promise<void> {
    writeFileSync(this.path, stringify({ ...log, samples: this.samples, reductions }))
  }
  async close(): Promise<void> {}
}
