import { isFields } from './fields.ts'
import type { EvalSample, EvalSampleSummary, Json, OtherEvent } from './records.ts'
import { thinSummary } from './sample-summary.ts'

/**
 * The summary that the start hooks of a sample carry: what was known before it ran. Solvers may change a sample's
 * metadata, so it is taken from the event that holds the sample as it was then.
 */
export function startSummary(sample: EvalSample, startedAt: string | undefined): EvalSampleSummary {
  const event = sample.events.find((each) => each.event === 'sample_init') as OtherEvent | undefined
  const init = event?.['sample']
  const given = (isFields(init) ? init : sample) as Partial<EvalSample>
  return thinSummary({
    id: sample.id,
    epoch: sample.epoch,
    input: (given.input ?? sample.input) as Json,
    choices: given.choices,
    target: given.target ?? sample.target,
    description: given.description,
    metadata: given.metadata ?? {},
    model_usage: {},
    role_usage: {},
    started_at: startedAt,
    uuid: sample.uuid,
    completed: false,
  })
}
