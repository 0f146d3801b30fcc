import { EvalspanError, messageOf } from '../../errors.ts'
import { shownPath } from '../../files/shown-path.ts'
import type { HookEvent } from '../../hooks/hooks.ts'
import { openLog } from '../../inspect/log.ts'
import type { TaskHistory } from '../task-history.ts'
import { TaskLog, type ReplayTarget } from '../task-log.ts'
import type { LiveTask } from './live-task.ts'

export interface CompleteOptions {
  readonly history: TaskHistory
  readonly to: ReplayTarget & { fire(event: HookEvent): Promise<void> }
  readonly onProblem: (error: EvalspanError) => void
  /** Its end came, or is still to come, by its hook. */
  readonly endIsTold: boolean
}

/**
 * Tells from the log of a task what did not come live. Says whether all that there is has been told: false while the log
 * is not finished, and where it cannot be read.
 */
export async function completeTask(task: LiveTask, options: CompleteOptions): Promise<boolean> {
  const { history, to, endIsTold } = options
  let isWhole = true
  const onProblem = (error: EvalspanError): void => {
    isWhole = false
    options.onProblem(error)
  }
  if (task.log === undefined) {
    const name = task.header.eval.task
    onProblem(
      new EvalspanError(
        'BAD_LOG',
        `task ${name}: where its log is was not told, so what did not come of it is missing`,
      ),
    )
    return false
  }
  const path = task.place
  const takenOver = new Set<string>()
  const target: ReplayTarget = {
    taskLog(header) {
      for (const _ of takenOver) to.sampleReused(header)
      to.taskLog(header)
    },
    sampleReused: (header) => to.sampleReused(header),
  }
  let log: TaskLog | undefined
  try {
    const reader = await openLog(path)
    log = new TaskLog(reader, [0, 0])
    const { eval_id: found } = log.header.eval
    if (found !== task.evalId) {
      await reader.close()
      throw new Error(`is the log of another task (eval_id ${found}, not ${task.evalId})`)
    }
    const batches = log.tell(
      {
        history,
        selection: { wanted: new Set(), found: new Set(), limit: Infinity },
        onProblem,
        to: target,
        leaveOut({ uuid }) {
          if (uuid === undefined) return false
          if (task.ended.has(uuid)) return true
          // Nothing was missed, and it never began: it is from an earlier attempt.
          const isTakenOver = !task.missed && !task.open.has(uuid)
          if (isTakenOver) takenOver.add(uuid)
          return isTakenOver
        },
      },
      reader,
    )
    for await (const batch of batches) {
      for (const event of batch) {
        if (event.hook === 'onTaskStart' || (event.hook === 'onTaskEnd' && endIsTold)) continue
        if (event.hook === 'onTaskEnd') task.end = event.data.log
        if (event.hook === 'onSampleEnd') {
          task.ended.add(event.data.sample_id)
          task.open.delete(event.data.sample_id)
        }
        await to.fire(event)
      }
    }
    if (log.finished) task.end ??= log.endLog
    return log.finished && isWhole
  } catch (error) {
    // Those of the reader name the file.
    const isOurs = error instanceof EvalspanError
    onProblem(
      isOurs ? error : new EvalspanError('BAD_LOG', `${shownPath(path)}: ${messageOf(error)}`, { cause: error }),
    )
    return false
  } finally {
    log?.close()
  }
}
