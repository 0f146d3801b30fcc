import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EvalspanError, messageOf } from '../../errors.ts'
import { bufferFolder } from '../../inspect/buffer/find-buffers.ts'
import { hasEnded, readWriter } from '../../inspect/buffer/folder-writer.ts'
import { openLog } from '../../inspect/log.ts'
import type { EvalLog } from '../../inspect/records.ts'
import { compareTimes, parseTime } from '../../time.ts'
import type { LoggedEval } from '../run/run-context.ts'

/** The logs of a folder, the latest first. Those that cannot be read are left out, which `onProblem` is told. */
export async function logsIn(folder: string, onProblem: (problem: string) => void): Promise<LoggedEval[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.eval')).toSorted()
  const logs: LoggedEval[] = []
  for (const name of names) {
    const location = join(folder, name)
    try {
      const log = await openLog(location)
      logs.push({ ...log.header, location })
      await log.close()
    } catch (error) {
      // Whatever it is, it is no log that could be gone on with.
      onProblem(messageOf(error))
    }
  }
  return logs.toSorted((a, b) => compareTimes(startOf(b), startOf(a)))
}

/** The logs beside one of attempts at the same task before it, the latest first. */
export async function attemptsBefore(location: string, header: EvalLog): Promise<string[]> {
  // Of the others in the folder most are of other tasks.
  const before = (await logsIn(dirname(location), () => {})).filter(
    (log) => log.eval.task_id === header.eval.task_id && compareTimes(startOf(log), startOf(header)) < 0,
  )
  return before.map((log) => log.location)
}

/** Throws a `BAD_OPTION` error when another process, which can be seen from here, still writes the log. */
export async function expectEnded(location: string): Promise<void> {
  const writer = await readWriter(bufferFolder(location))
  if (!writer || writer.pid === process.pid || hasEnded(writer) !== false) return
  throw new EvalspanError(
    'BAD_OPTION',
    `${location}: process ${writer.pid} still runs this eval; retry it when that is over`,
  )
}

function startOf(log: EvalLog): readonly [number, number] {
  return parseTime(log.stats.started_at) ?? parseTime(log.eval.created) ?? [0, 0]
}
