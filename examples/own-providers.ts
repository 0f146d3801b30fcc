/**
 * A host application with an OpenTelemetry set-up of its own: its provider makes the spans while the run goes on, and its
 * pipeline delivers them; evalspan sends nothing by itself. Run it after `npm run build`: node examples/own-providers.ts
 */
import { trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { Emitter, hooks, replay, spanHooks } from 'evalspan'
import { startReceiver } from './lib/receiver.ts'

const receiver = await startReceiver()
const sdk = new NodeSDK({
  serviceName: 'my-evals',
  traceExporter: new OTLPTraceExporter({ url: `${receiver.endpoint}/v1/traces` }),
  // Otherwise it sends metrics and logs to localhost:4318 as well.
  metricReaders: [],
  logRecordProcessors: [],
})
sdk.start()

hooks('our_spans', 'Spans for our own pipeline')(spanHooks({ tracerProvider: trace.getTracerProvider() }))

// A recorded run stands in for a live one: the same events, said to happen now.
const emitter = new Emitter()
for await (const { hook, data, meta } of replay([`${import.meta.dirname}/../demo`], { onProblem: console.error })) {
  await emitter.emit(hook, data, { ...meta, replay: false })
}
await sdk.shutdown()
receiver.stop()
