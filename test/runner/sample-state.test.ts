import { tool } from 'ai'
import { z } from 'zod'
import { describe, expect, it } from 'vitest'
import { generate, mean, mockModel, modelOutput, sampleState, scorer, store, useTools } from '../../src/index.ts'
import { aTask, question, run } from './run.ts'

const note = tool({
  description: 'Notes a word',
  inputSchema: z.object({ word: z.string() }),
  execute: ({ word }) => {
    const words = [...((store()['words'] as string[] | undefined) ?? []), word]
    store()['words'] = words
    return `${words.length} words of sample ${sampleState()?.sampleId}`
  },
})

const counted = scorer('counted', { metrics: [mean()] }, () => ({ value: (store()['words'] as string[]).length }))

describe('code that is not handed the state of its sample', () => {
  it('reaches it and its store, each sample its own', async () => {
    const { samples } = await run(
      aTask({
        dataset: [question, { ...question, id: 2 }],
        model: mockModel((input) => {
          const answers = input.filter(({ role }) => role === 'assistant').length
          return answers < 2 ? modelOutput.toolCall('note', { word: `word ${answers}` }) : 'done'
        }),
        solver: [useTools({ note }), generate()],
        scorer: counted,
      }),
    )
    const seen = samples.map(({ id, store: kept, scores, messages }) => ({
      id,
      kept,
      score: scores?.['counted']?.value,
      told: messages.filter(({ role }) => role === 'tool').map(({ content }) => content),
    }))
    const of = (id: number): unknown => ({
      id,
      kept: { words: ['word 0', 'word 1'] },
      score: 2,
      told: [`1 words of sample ${id}`, `2 words of sample ${id}`],
    })
    expect(seen.toSorted((a, b) => Number(a.id) - Number(b.id))).toEqual([of(1), of(2)])
  })

  it('has the state that a solver put in the place of another', async () => {
    const seen: unknown[] = []
    const { samples } = await run(
      aTask({
        solver: [
          (state) => {
            state.store = { kept: 1 }
            return state
          },
          (state) => {
            seen.push(sampleState() === state, store() === state.store)
            return state
          },
        ],
      }),
    )
    expect([samples[0]?.error, seen, samples[0]?.store]).toEqual([undefined, [true, true], { kept: 1 }])
  })

  it('has none outside of samples', () => {
    expect(sampleState()).toBeUndefined()
    expect(() => store()).toThrow('store() is for solvers, tools and scorers: there is no sample here')
  })
})
