import type { EvalSample, TaskOptions } from '../../../src/index.ts'
import { aTask, dataOf, run, type Seen } from '../run.ts'

/** The whole sequence, what became of the samples, and the status of the task. */
export async function told(options: Partial<TaskOptions>, more: Parameters<typeof run>[1] = {}): Promise<unknown> {
  return summary(await run(aTask(options), more))
}

export function summary({ sequence: names, samples, events }: Seen): unknown {
  return {
    hooks: names.join(' '),
    samples: samples.map(ending),
    logs: dataOf(events, 'onRunEnd').flatMap(({ exception, logs }) =>
      logs.map(
        ({ status, error }) => `${status}, ${error?.message ?? 'no error'}, ${exception?.type ?? 'no exception'}`,
      ),
    ),
  }
}

function ending({ error, limit, scores = {}, error_retries: retries = [] }: EvalSample): string {
  const how = error?.message ?? (limit ? `limit ${limit.type}` : 'complete')
  return `${how}, ${Object.keys(scores).length} scores, ${retries.length} retries`
}
