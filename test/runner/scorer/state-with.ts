import { TaskState, type TaskStateOptions } from '../../../src/runner/sample/task-state.ts'

/** A state whose model answered this. */
export function stateWith(completion: string, options: Partial<TaskStateOptions> = {}): TaskState {
  const state = new TaskState({
    uuid: 'uuid1',
    sampleId: 1,
    epoch: 1,
    model: 'mockllm/model',
    input: 'a question',
    messages: [],
    ...options,
  })
  const message = { role: 'assistant', content: completion } as const
  state.output = { model: 'model', choices: [{ message, stop_reason: 'stop' }], completion }
  return state
}
