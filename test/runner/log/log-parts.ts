import type { EvalLog, EvalPlan, EvalSample, EvalSpec } from '../../../src/inspect/records.ts'

/** What is evaluated, with what a test wants to be different. */
export function specOf(changes: Partial<EvalSpec> = {}): EvalSpec {
  return {
    eval_id: 'eval1',
    run_id: 'run1',
    created: '2026-11-21T05:56:09+00:00',
    task: 'addition',
    task_id: 'nQt3bqqAKJ2nxBUNgvwE9f',
    task_version: 0,
    dataset: { name: 'sums', samples: 6, sample_ids: [1, 2, 3, 4, 5, 6] },
    model: 'openai/gpt-9',
    config: { epochs: 1 },
    ...changes,
  }
}

export const plan: EvalPlan = { name: 'plan', steps: [{ solver: 'generate', params: {} }], config: {} }

/** How a run ended. */
export function logOf(spec: EvalSpec, changes: Partial<EvalLog> = {}): EvalLog {
  return {
    version: 2,
    status: 'success',
    eval: spec,
    plan,
    results: {
      total_samples: 6,
      completed_samples: 6,
      scores: [{ name: 'match', scorer: 'match', metrics: { accuracy: { name: 'accuracy', value: 0.5 } } }],
    },
    stats: { started_at: '2026-11-21T05:56:09+00:00', completed_at: '2026-11-21T05:57:00+00:00' },
    ...changes,
  }
}

/** A sample as its end tells of it: what readers give back is equal to it. */
export function sampleOf(id: string | number, changes: Partial<EvalSample> = {}): EvalSample {
  const second = String(Number.isInteger(id) ? Number(id) % 60 : 0).padStart(2, '0')
  return {
    id,
    epoch: 1,
    uuid: `uuid-${id}`,
    input: `What is ${id} and 1?`,
    target: 'a number',
    messages: [{ role: 'user', id: 'm1', content: `What is ${id} and 1?`, source: 'input' }],
    output: { model: 'openai/gpt-9', choices: [], completion: '' },
    scores: { match: { value: 'C', answer: 'a number' } },
    metadata: {},
    store: {},
    events: [],
    model_usage: {},
    role_usage: {},
    attachments: {},
    started_at: `2026-11-21T05:56:${second}.000000+00:00`,
    completed_at: `2026-11-21T05:56:${second}.500000+00:00`,
    total_time: 0.5,
    working_time: 0.25,
    ...changes,
  }
}
