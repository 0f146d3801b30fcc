import type { ScoreEvent } from '../inspect/records.ts'
import type { ActiveSample } from './active.ts'
import type { Scorer } from './scorer/scorer.ts'
import { Target } from './target.ts'

/** Calls the scorers one after the other, each in a span of its own; scores of the state's solvers are told after theirs. */
export async function scoreSample(
  scorers: ReadonlyMap<string, Scorer>,
  target: string | readonly string[],
  sample: ActiveSample,
): Promise<void> {
  const { state, transcript, usage } = sample
  const scores = (state.scores ??= {})
  const bySolvers = Object.keys(scores)
  const tell = (name: string, params?: Scorer['params']): void => {
    transcript.add<ScoreEvent>({
      event: 'score',
      score: scores[name]!,
      target,
      intermediate: false,
      scorer: name,
      ...(params && { scorer_args: params }),
      ...(Object.keys(usage.byModel).length > 0 && { model_usage: { ...usage.byModel } }),
      ...(Object.keys(usage.byRole).length > 0 && { role_usage: { ...usage.byRole } }),
    })
  }
  await transcript.span('scorers', 'scorers', async () => {
    for (const [name, { score, params }] of scorers) {
      await transcript.span(name, 'scorer', async () => {
        const result = await score(state, new Target(target))
        if (Object.hasOwn(scores, name)) throw new ScorerClash(`Scorer ${name} has modified state.scores`)
        if (result === undefined) return
        if (typeof result !== 'object' || result === null || !('value' in result)) {
          throw new TypeError(`scorer ${name} gave no score; it has to return { value: … }, or undefined for none`)
        }
        scores[name] = result
        tell(name, params)
      })
    }
  })
  for (const name of bySolvers) tell(name)
}

/** Named as in Inspect. */
class ScorerClash extends Error {
  override readonly name = 'RuntimeError'
}
