/** The smallest header that Inspect writes, with what a test wants to be different. */
export function header(changes: object = {}): { [name: string]: unknown } {
  return {
    version: 2,
    status: 'success',
    eval: {
      eval_id: 'eval',
      run_id: 'run',
      created: '2026-11-21T09:11:00+00:00',
      task: 'arithmetic',
      task_id: 'task',
      task_version: 0,
      dataset: { name: 'sums' },
      model: 'openai/gpt-4o',
      config: {},
    },
    plan: { name: 'plan', steps: [], config: {} },
    stats: { started_at: '2026-11-21T09:11:00+00:00', completed_at: '2026-11-21T09:11:02+00:00' },
    ...changes,
  }
}

/** A sample without events; `second` is when it was finished. */
export function sample(
  id: string | number,
  second = 0,
  changes: object = {},
): { id: string | number; [name: string]: unknown } {
  return {
    id,
    epoch: 1,
    input: 'What is 2+2?',
    target: '4',
    messages: [],
    metadata: {},
    store: {},
    events: [],
    model_usage: {},
    role_usage: {},
    uuid: `uuid-${id}`,
    completed_at: `2026-11-21T09:11:${String(second).padStart(2, '0')}.000000+00:00`,
    attachments: {},
    ...changes,
  }
}
