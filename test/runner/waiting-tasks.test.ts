import { expect, test } from 'vitest'
import { mockModel, task } from '../../src/index.ts'
import { Model } from '../../src/runner/model/model.ts'
import { Semaphore } from '../../src/runner/semaphore.ts'
import type { TaskUnit } from '../../src/runner/run/run-context.ts'
import { byTask, WaitingTasks } from '../../src/runner/run/waiting-tasks.ts'

const [first, second] = ['first', 'second'].map((name) => task({ name, dataset: [] })) as [
  TaskUnit['task'],
  TaskUnit['task'],
]
const [a, b] = ['a', 'b'].map((model) => new Model(mockModel([], { model }), new Semaphore(1))) as [Model, Model]

function unit(of: TaskUnit['task'], model: Model): TaskUnit {
  return { task: of, model, roles: new Map(), ids: { evalSetId: undefined, runId: 'r', taskId: 't' } }
}

// As they are resolved: model by model.
const units = [unit(first, a), unit(second, a), unit(first, b), unit(second, b)]

test('logs come task by task, with all models of each', () => {
  expect(byTask(units)).toEqual([0, 2, 1, 3])
})

test('a task of the model that has the least to do begins first', () => {
  const waiting = new WaitingTasks(units, byTask(units))
  expect([waiting.next(), waiting.next()]).toEqual([0, 2])
  waiting.done(2)
  expect(waiting.next()).toBe(3)
  waiting.done(0)
  expect([waiting.next(), waiting.next()]).toEqual([1, undefined])
})
