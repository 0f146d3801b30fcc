import type { Score, ScoreEvent } from '../../inspect/records.ts'
import type { ActiveSample } from './active.ts'
import { placed } from './failure-place.ts'
import { checkScore } from '../scorer/check-score.ts'
import type { ScoreFunction, Scorer } from '../scorer/scorer.ts'
import { Target } from '../target.ts'
import type { TaskState } from './task-state.ts'

/** Calls the scorers one after the other, each in a span of its own. Their scores go into `given`. */
export async function scoreSample(
  scorers: ReadonlyMap<string, Scorer>,
  target: string | readonly string[],
  sample: ActiveSample,
  given: { [scorer: string]: Score },
): Promise<void> {
  const { state, transcript } = sample
  const scores = (state.scores ??= {})
  await transcript.span('scorers', 'scorers', async () => {
    for (const [name, { score, params }] of scorers) {
      await transcript.span(name, 'scorer', async () => {
        const result = await scoreOf(score, state, new Target(target), name)
        if (Object.hasOwn(scores, name)) throw new ScorerClash(`Scorer ${name} has modified state.scores`)
        if (result === undefined) return
        checkScore(name, result)
        scores[name] = result
        given[name] = tellScore(name, result, target, sample, params)
      })
    }
  })
}

async function scoreOf(
  score: ScoreFunction,
  state: TaskState,
  target: Target,
  scorer: string,
): Promise<Score | undefined> {
  try {
    return await score(state, target)
  } catch (error) {
    throw placed(error, `scorer ${scorer} of sample ${state.sampleId}`)
  }
}

/** Puts a score into the transcript. */
export function tellScore(
  scorer: string,
  score: Score,
  target: string | readonly string[],
  { transcript, usage }: ActiveSample,
  params?: Scorer['params'],
): Score {
  checkScore(scorer, score)
  transcript.add<ScoreEvent>({
    event: 'score',
    score,
    target,
    intermediate: false,
    scorer,
    ...(params && { scorer_args: params }),
    ...(Object.keys(usage.byModel).length > 0 && { model_usage: { ...usage.byModel } }),
    ...(Object.keys(usage.byRole).length > 0 && { role_usage: { ...usage.byRole } }),
  })
  return score
}

/** Named as in Inspect. */
class ScorerClash extends Error {
  override readonly name = 'RuntimeError'
}
