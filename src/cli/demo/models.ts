import { setTimeout as wait } from 'node:timers/promises'
import type { ModelOutput } from '../../inspect/records.ts'
import { modelError, mockModel } from '../../runner/model/mock-model.ts'
import type { ModelApi } from '../../runner/model/model-api.ts'
import { outputOf } from '../../runner/model/model-output.ts'
import { textOf } from '../../runner/sample/task-state.ts'

/** What the model does next: tool calls, or an answer. */
type Turn = readonly string[] | { readonly answer: string }

const turns: { readonly [ticket: string]: readonly Turn[] } = {
  'lamp-1': [['search'], { answer: 'dim.ts' }],
  'lamp-2': [['list_files', 'search', 'run_tests'], ['historian', 'read_file'], { answer: 'timer.ts' }],
  'lamp-3': [['list_files'], ['read_file', 'read_file'], { answer: 'scene.ts' }],
  'lamp-4': [['read_file'], { answer: 'switch.ts' }],
  // It never comes to an end by itself.
  'lamp-5': [['search'], ['read_file'], ['read_file'], ['read_file'], ['read_file']],
  'lamp-6': [['read_file', 'run_tests'], { answer: 'sunrise.ts, though I am not sure' }],
}

/** Plays an agent; at one point it is asked too often. */
export function pilot(): ModelApi {
  let refusals = 2
  const model = mockModel(
    async (input) => {
      const asked = textOf(input.findLast(({ role }) => role === 'user'))
      await wait(250)
      if (asked.includes('house rules')) return 'Name one file. Change nothing. Say when you are not sure.'
      if (asked.includes('When did')) return 'dim() changed with the new timer.'
      const [ticket = ''] = /lamp-\d/.exec(asked) ?? []
      const turn = turns[ticket]?.[input.filter(({ role }) => role === 'assistant').length]
      if (ticket === 'lamp-2' && Array.isArray(turn) && turn.includes('historian') && refusals-- > 0) {
        throw modelError(429, '429 Too Many Requests: this model takes 60 requests a minute')
      }
      return turn && 'answer' in turn ? turn.answer : callsOf(turn ?? [])
    },
    { provider: 'demo', model: 'pilot' },
  )
  return { ...model, retryWaitMs: (attempt) => 350 * attempt }
}

/** Says whether an answer names the right file. */
export function judge(): ModelApi {
  return mockModel(
    async (input) => {
      const asked = input.map((message) => textOf(message)).join('\n')
      await wait(300)
      const [, given = ''] = /\[Submission\]: (.*)/.exec(asked) ?? []
      const [, expected] = /\[Criterion\]: (\S+)/.exec(asked) ?? []
      const isRight = expected !== undefined && given.includes(expected)
      return `${isRight ? 'It names the file.' : 'It names another file.'}\n\nGRADE: ${isRight ? 'C' : 'I'}`
    },
    { provider: 'demo', model: 'judge' },
  )
}

function callsOf(names: readonly string[]): ModelOutput {
  return outputOf({
    content: '',
    model: 'pilot',
    toolCalls: names.map((name, index) => ({ id: `call_${index}`, function: name, arguments: {}, type: 'function' })),
  })
}
