/** A first eval: `evalspan eval examples/evals/first.eval.ts`. The model is scripted, so it needs no key. */
import { generate, match, mockModel, systemMessage, task, textOf } from 'evalspan'

const answers: { readonly [question: string]: string } = { '2 + 2': '4', '7 * 6': '42', '10 / 4': '2' }

export const arithmetic = task({
  name: 'arithmetic',
  dataset: [
    { input: '2 + 2', target: '4' },
    { input: '7 * 6', target: '42' },
    { input: '10 / 4', target: '2.5' },
  ],
  solver: [systemMessage('Answer with a number alone.'), generate()],
  scorer: match({ numeric: true }),
  // A model of the AI SDK, or a name such as 'openai/gpt-4o', for a real one.
  model: mockModel(([, question]) => answers[textOf(question)] ?? 'I do not know.'),
})
