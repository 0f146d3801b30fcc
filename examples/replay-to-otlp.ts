/**
 * A log of Inspect, sent to wherever the environment says, from a program instead of the command line. Run it after
 * `npm run build`: OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 node examples/replay-to-otlp.ts logs/
 * Without a path it takes the log that ships with the package, without an endpoint a small receiver of its own.
 */
import { openSession, replay } from 'evalspan'
import { startReceiver } from './lib/receiver.ts'

const paths = process.argv.length > 2 ? process.argv.slice(2) : [`${import.meta.dirname}/../demo`]
const receiver = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] ? undefined : await startReceiver()
if (receiver) process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = receiver.endpoint

const session = await openSession({ host: 'inspect', replay: true })
const events = replay(paths, { to: session, onProblem: (error) => console.error(error.message) })
for await (const { hook, data, meta } of events) {
  await session.emitter.emit(hook, data, meta)
  await session.room()
}
const { destinations } = await session.close()
for (const { sink, produced, delivered } of destinations) console.log(`${sink}: ${delivered} of ${produced} delivered`)
receiver?.stop()
