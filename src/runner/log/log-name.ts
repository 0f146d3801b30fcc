import type { EvalSpec } from '../../inspect/records.ts'

/**
 * The name of a task's log, without a folder: `2026-11-21T05-56-09-00-00_addition_nQt3bqqAKJ2nxBUNgvwE9f.eval`. The part
 * after the time may be given another form by `INSPECT_EVAL_LOG_FILE_PATTERN`, with `{task}`, `{id}` and `{model}`.
 */
export function logName({ created, task, task_id, model }: EvalSpec, env: NodeJS.ProcessEnv = process.env): string {
  const pattern = env['INSPECT_EVAL_LOG_FILE_PATTERN'] ?? '{task}_{id}'
  const rest = pattern
    .replaceAll('{task}', () => clean(withoutPackage(task)))
    .replaceAll('{id}', () => clean(task_id))
    .replaceAll('{model}', () => (model === noModel ? '' : clean(model)))
  return `${clean(created)}_${rest}.eval`
}

/** `/` and, on Windows, `\` would lead into another folder; `_` is what parts are told from each other by. */
function clean(part: string): string {
  return part.replace(/[_/:+\\]/g, '-')
}

/** `package/task` without the package; tasks of Hugging Face are all of their name. */
function withoutPackage(task: string): string {
  return task.startsWith('hf/') ? task : task.slice(task.indexOf('/') + 1)
}

const noModel = 'none/none'
