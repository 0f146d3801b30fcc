import { openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  EvalspanError,
  Hooks,
  hookNames,
  keepPrivate,
  makeFolder,
  messageOf,
  stringify,
  takeEvents,
  toRecord,
  type Exporter,
  type ExporterContext,
} from '../src/exporter.ts'

const variable = 'EVALSPAN_EVENT_LOG'

/**
 * The events of live runs themselves, one JSON object a line, appended to a file that `evalspan replay` reads back. They
 * are the user's own record and hold everything but secrets, content included, so the file is private to its owner.
 */
const eventLog: Exporter = {
  name: 'event-log',
  summary: 'The events of live runs themselves, in a file to replay later',
  switchedOnBy: [variable],
  enabled: () => Boolean(process.env[variable]),
  open({ replay, mask, report }) {
    // No event of a replay is written, so the file need not even be writable.
    if (replay) return {}
    const path = process.env[variable] ?? ''
    const file = openFile(path)
    const danger = keepPrivate(file)
    if (danger !== undefined) report(`${variable}: \`${path}\` ${danger}`)
    return { hooks: eventLogHooks(mask, (line) => writeSync(file, line)) }
  },
}

export default eventLog

function eventLogHooks(mask: ExporterContext['mask'], write: (line: string) => void): typeof Hooks {
  class EventLog extends Hooks {
    override enabled(): boolean {
      return eventLog.enabled()
    }
  }
  // Written before the method returns: events are mutable in some hosts, and a crash must not take them along.
  takeEvents(EventLog, hookNames, (event) => {
    const record = toRecord(event)
    write(`${stringify({ ...record, data: mask(record.data) })}\n`)
  })
  return EventLog
}

function openFile(path: string): number {
  try {
    makeFolder(dirname(path))
    return openSync(path, 'a', 0o600)
  } catch (error) {
    throw new EvalspanError('BAD_OPTION', `${variable}: cannot write \`${path}\`: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
