import { writeSync } from 'node:fs'
import { evaluate, Hooks, hookNames } from '../../../src/index.ts'
import { hooks } from '../../../src/hooks/register.ts'
import { takeEvents } from '../../../src/hooks/take-events.ts'
import { toRecord } from '../../../src/hooks/wire.ts'
import { stringify } from '../../../src/inspect/json.ts'
import { longTask } from '../long-task.ts'

/** Two samples at once until it is killed: each event of a hook is a line, before anything else happens. */
const [logDir = '', logShared = '0.05'] = process.argv.slice(2)

class Printer extends Hooks {}
takeEvents(Printer, hookNames, (event) => void writeSync(1, `${stringify(toRecord(event))}\n`))
hooks('printer', 'Prints what is fired')(Printer)

await evaluate(longTask, { logDir, maxSamples: 2, logShared: Number(logShared) }, { banner: () => {} })
