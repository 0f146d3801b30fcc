import type { Scenario } from '../format.ts'
import type { Dice } from './dice.ts'

type Model = NonNullable<Scenario['models'][`fake/${string}`]>
type Output = NonNullable<Model['outputs']>[number]

const texts = ['ok', 'ok', 'ok', 'no', 'OK.', 'the answer is ok', '4', '1,000', '', 'GRADE: C', 'GRADE: I', 'é → 数']
const stopReasons = ['stop', 'max_tokens', 'model_length', 'content_filter', 'unknown']
const failures = [
  { type: 'RateLimitError', status: 429 },
  { type: 'ServerError', status: 503, message: 'busy' },
  { status: 500 },
  { type: 'BadRequestError', status: 400, message: 'bad "request"' },
  { type: 'ServerError', status: 500, retry: false },
  { type: 'ConnectionError', retry: true },
]
const calls = [
  { function: 'add', arguments: { x: 1, y: 2 } },
  { function: 'add', arguments: { x: '1', y: 2 } },
  { function: 'add', arguments: { x: 1 } },
  { function: 'echo', arguments: { text: 'again' } },
  { function: 'fail' },
  { function: 'nothing' },
]

/** Its last answer, which it gives for ever, is a text: so no loop and no retry goes on without an end. */
export function randomModel(dice: Dice, sampleIds: readonly string[]): Model {
  const outputs = (): Output[] => [...dice.list(0, 5, () => randomOutput(dice)), { text: dice.pick(texts) }]
  return {
    ...dice.maybe(80, () => ({ outputs: outputs() })),
    ...dice.maybe(30, () => ({
      by_sample: Object.fromEntries(dice.some(sampleIds).map((id) => [id, outputs()])),
    })),
    ...dice.maybe(20, () => ({ cost: { input: 1000, output: 2000 } })),
  }
}

function randomOutput(dice: Dice): Output {
  const text = dice.pick(texts)
  switch (dice.between(0, 6)) {
    case 0:
    case 1:
      return { text: dice.chance(50) ? text : '', tool_calls: dice.list(1, 2, () => dice.pick(calls)) }
    case 2:
      return { error: dice.pick(failures) }
    case 3:
      return { text, stop_reason: dice.pick(stopReasons) }
    case 4: {
      const [given, written] = [dice.between(0, 60), dice.between(0, 60)]
      const usage = { input_tokens: given, output_tokens: written, total_tokens: given + written }
      return { text, usage: dice.chance(30) ? null : { ...usage, ...dice.maybe(30, () => ({ reasoning_tokens: 3 })) } }
    }
    default:
      return { text }
  }
}
