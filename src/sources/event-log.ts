import { EvalspanError, messageOf } from '../errors.ts'
import { linesOf } from '../inspect/lines.ts'
import { openStream } from '../files/open-stream.ts'
import { shownPath } from '../files/shown-path.ts'
import type { HookEvent } from '../hooks/hooks.ts'
import { fromRecord } from '../hooks/wire.ts'
import { parse } from '../inspect/json.ts'

export interface ReadEventsOptions {
  readonly replay: boolean
  /** A line that is no record; the others are read all the same. */
  readonly onProblem: (error: EvalspanError) => void
}

/** The events of an event log: one record of the hooks' wire format on each line. Empty lines are passed over. */
export async function* readEvents(path: string, { replay, onProblem }: ReadEventsOptions): AsyncGenerator<HookEvent> {
  let number = 0
  try {
    for await (const line of linesOf(openStream(path).setEncoding('utf8'))) {
      number += 1
      if (line.trim() === '') continue
      const event = readLine(line, replay)
      if (event instanceof Error)
        onProblem(
          new EvalspanError('BAD_LOG', `${shownPath(path)}, line ${number}: ${event.message}`, { cause: event }),
        )
      else yield event
    }
  } catch (error) {
    onProblem(new EvalspanError('BAD_LOG', `${shownPath(path)}: ${messageOf(error)}`, { cause: error }))
  }
}

function readLine(line: string, replay: boolean): HookEvent | Error {
  try {
    return fromRecord(parse(line), { replay })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
