import type { BeforeModelGenerate, RunStart, SampleEnd } from '../../src/hooks/events.ts'
import type { EventMeta } from '../../src/hooks/hooks.ts'

export const live: EventMeta = { time: '2026-11-21T05:56:09.518245Z', host: 'evalspan', replay: false }
export const replayed: EventMeta = { ...live, replay: true }

export function runStart(): RunStart {
  return { run_id: 'run-1', task_names: ['arithmetic'] }
}

export function sampleEnd(): SampleEnd {
  const sample = { id: 1, epoch: 1, input: '1 + 1', target: '2', messages: [], events: [] }
  return { run_id: 'run-1', eval_id: 'eval-1', sample_id: 'uuid-1', sample }
}

export function beforeModelGenerate(): BeforeModelGenerate {
  return { model_name: 'mock/model', input: [{ role: 'user', content: '1 + 1' }], tools: [], config: { seed: 7 } }
}
