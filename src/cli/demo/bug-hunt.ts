import { setTimeout as wait } from 'node:timers/promises'
import { getModel } from '../../runner/model/get-model.ts'
import { match } from '../../runner/scorer/match.ts'
import { modelGradedQa } from '../../runner/scorer/model-graded/model-graded.ts'
import { generate } from '../../runner/solvers/generate.ts'
import { useTools } from '../../runner/solvers/use-tools.ts'
import { span } from '../../runner/sample/span.ts'
import { solver } from '../../runner/solver.ts'
import { ToolError } from '../../runner/tools/tool-error.ts'
import type { Tool } from '../../runner/tools/tools.ts'
import { task, type Task } from '../../runner/task/task.ts'
import { judge, pilot } from './models.ts'

const tickets: { readonly [id: string]: string } = {
  'lamp-1': 'dim.ts',
  'lamp-3': 'scene.ts',
  'lamp-5': 'colour.ts',
  'lamp-2': 'timer.ts',
  'lamp-4': 'switch.ts',
  'lamp-6': 'sunset.ts',
}

/** An eval to look at: an agent with tools that looks for bugs, played by scripted models, in a few seconds. */
export function bugHunt(): Task {
  return task({
    name: 'bug_hunt',
    dataset: Object.entries(tickets).map(([id, target]) => ({
      id,
      input: `Ticket ${id}: which file has the bug?`,
      target,
    })),
    solver: [houseRules, useTools(tools()), firstTimeUnlucky(), generate()],
    scorer: [match({ location: 'any' }), modelGradedQa()],
    model: pilot(),
    modelRoles: { grader: judge() },
    messageLimit: 11,
    retryOnError: 1,
    failOnError: false,
  })
}

/** The rules are the same for all: the first sample asks for them, and the cache answers the others. */
const houseRules = solver('house_rules', {}, async (state) => {
  const output = await (await getModel()).generate('What are the house rules?', { cache: { perEpoch: false } })
  state.messages.unshift({ role: 'system', content: output.completion ?? '' })
  return state
})

/** One attempt fails, and the sample is tried again. */
function firstTimeUnlucky() {
  let left = 1
  return solver('checkout', {}, async (state) => {
    await wait(120)
    if (state.sampleId === 'lamp-4' && left-- > 0) throw new Error('the repository is locked by another checkout')
    return state
  })
}

function tools(): { readonly [name: string]: Tool } {
  return {
    list_files: tool('Lists files', 150, () => Object.values(tickets).join(' ')),
    search: tool('Searches in all files', 400, () => 'dim.ts:12  timer.ts:40'),
    read_file: tool('Reads a file', 300, () => 'export function dim() {}'),
    run_tests: tool('Runs a suite of tests', 900, () => {
      throw new ToolError('the lamps suite did not end within 0.9 s')
    }),
    historian: {
      ...tool('Asks another agent when something changed', 0, () => ''),
      execute: () =>
        span(
          'historian',
          async () => (await (await getModel()).generate('When did dim() change?')).completion,
          'agent',
        ),
    },
  }
}

function tool(description: string, ms: number, answer: () => string): Tool {
  return {
    description,
    inputSchema: { type: 'object', properties: {} },
    async execute() {
      await wait(ms)
      return answer()
    },
  }
}
