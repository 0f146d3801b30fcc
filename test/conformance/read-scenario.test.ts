import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readScenario } from '../../conformance/read-scenario.ts'
import { temporaryFolders } from '../runner/in-folder.ts'

const newFolder = temporaryFolders()
const samples = [{ id: 1, input: 'q' }]
const models = { 'fake/m': {} }

function problemsOf(scenario: object | string): string[] {
  const path = join(newFolder(), 'odd.json')
  writeFileSync(
    path,
    typeof scenario === 'string' ? scenario : JSON.stringify({ description: 'd', models, ...scenario }),
  )
  try {
    readScenario(path)
    return []
  } catch (error) {
    return (error as Error).message.split('\n').map((line) => line.replace(path, 'odd.json'))
  }
}

test('a scenario of few words is read', () => {
  expect(problemsOf({ tasks: [{ name: 't', samples }] })).toEqual([])
})

test.each([
  [{ tasks: [{ name: 't', samples, retries: 1 }] }, 'odd.json: tasks[0]: Unrecognized key: "retries"'],
  [
    { tasks: [{ name: 't', samples, solver: [{ sleep: 'long' }] }] },
    'odd.json: tasks[0].solver[0].sleep: Invalid input: expected number, received string',
  ],
  [
    { tasks: [{ name: 't', samples, scorer: [{ match: {}, exact: {} }] }] },
    'odd.json: tasks[0].scorer[0]: has to have one key, out of choice, match, includes, exact, f1, pattern, model_graded_qa, ' +
      'model_graded_fact, fixed, fail, slow, call_model',
  ],
  [
    { models: { 'fake/m': { outputs: [{ error: { status: '429' } }] } }, tasks: [{ name: 't', samples }] },
    'odd.json: models.fake/m.outputs[0].error.status: Invalid input: expected number, received string',
  ],
  [
    { tasks: [{ name: 't', samples }], runs: [{ eval: { model: 'fake/other' } }] },
    "odd.json: runs[0].model: models has no 'fake/other'",
  ],
  [
    { tasks: [{ name: 't', samples }], runs: [{ eval_retry: {} }] },
    'odd.json: runs[0].eval_retry.of: has to be an earlier run, from 0',
  ],
  [
    { tasks: [{ name: 't', samples }], hooks: [{ on: 'on_run_end', append_input: 'x' }] },
    'odd.json: hooks[0]: can change what a model is asked in on_before_model_generate only',
  ],
])('what is wrong with a scenario is told with its file and field: %j', (scenario, problem) => {
  expect(problemsOf(scenario)).toEqual([problem])
})

test('what is no JSON is told with its file', () => {
  expect(problemsOf('{"description": ')).toEqual([expect.stringMatching(/^odd\.json: this is no JSON: /)])
})
