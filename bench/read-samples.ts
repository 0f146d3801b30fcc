/** Reads all samples of a log, resolved: `node bench/read-samples.ts FILE`. */
import { openLog } from '../src/inspect/log.ts'

const log = await openLog(process.argv[2]!)
let events = 0
for await (const entry of log.samples()) {
  if ('error' in entry) throw entry.error
  events += entry.sample.events.length
}
await log.close()
console.log(`${events} events`)
