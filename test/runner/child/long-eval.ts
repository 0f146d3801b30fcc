import { openSync, writeSync } from 'node:fs'
import { evaluate, Hooks, hookNames } from '../../../src/index.ts'
import { hooks } from '../../../src/hooks/register.ts'
import { takeEvents } from '../../../src/hooks/take-events.ts'
import { toRecord } from '../../../src/hooks/wire.ts'
import { stringify } from '../../../src/inspect/json.ts'
import { longTask } from '../long-task.ts'

/** Two samples at once until it is killed: each event of a hook is a line of a file, before anything else happens. */
const [logDir = '', file = ''] = process.argv.slice(2)
const events = openSync(file, 'a')

class Printer extends Hooks {}
takeEvents(Printer, hookNames, (event) => void writeSync(events, `${stringify(toRecord(event))}\n`))
hooks('printer', 'Prints what is fired')(Printer)

await evaluate(longTask, { logDir, maxSamples: 2, logShared: 0.05 }, { banner: () => {} })
