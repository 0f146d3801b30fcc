import { resourceFromEnvironment, type Exporter, type MetricSink, type Sink } from '../../src/exporter.ts'
import { loadCodecs } from './codec.ts'
import { openGrpcWire } from './grpc-wire.ts'
import { openHttpWire } from './http-wire.ts'
import { metricSink } from './metric-sink.ts'
import { readMetricInterval, readSettings, type Settings } from './settings.ts'
import { endpointVariables, isOn, isSwitchedOff, signals } from './signal.ts'
import { logSink, traceSink } from './sinks.ts'
import { readTemporality } from './temporality.ts'
import { readTraceUrl, TraceLinks } from './links/trace-links.ts'
import { maskFor, type Mask, type Wire } from './wire.ts'

const otlp: Exporter = {
  name: 'otlp',
  summary: 'Traces, metrics and evaluation results to any OpenTelemetry backend',
  switchedOnBy: endpointVariables,
  enabled: () => signals.some((signal) => isOn(signal, process.env)),
  async open({ mask }) {
    const environment = process.env
    // Where a command asks for OTLP and no variable says where to, the specification does.
    const isWanted = otlp.enabled() ? isOn : (...of: Parameters<typeof isOn>) => !isSwitchedOff(...of)
    const wanted = signals.filter((signal) => isWanted(signal, environment))
    // All are read before anything is opened: a mistake leaves nothing behind.
    const all = wanted.map((signal) => readSettings(signal, environment))
    const intervalMs = readMetricInterval(environment)
    const isDelta = readTemporality(environment) === 'delta'
    const template = readTraceUrl(environment)
    const resource = await resourceFromEnvironment(mask)
    const sinks: Sink[] = []
    const metricSinks: MetricSink[] = []
    for (const settings of all) {
      const codecs = await loadCodecs(settings.protocol)
      const wire = await openWire(settings, codecs[settings.signal], maskFor(settings, mask))
      if (settings.signal === 'traces') {
        const links = new TraceLinks({ url: settings.url, template })
        sinks.push(traceSink(settings, wire, codecs, resource, links))
      } else if (settings.signal === 'logs') sinks.push(logSink(settings, wire, codecs, resource))
      else {
        const deltas = isDelta ? new (await import('./delta.ts')).Deltas() : undefined
        metricSinks.push(metricSink({ settings, wire, codec: codecs.metrics, resource, intervalMs, deltas }))
      }
    }
    return { sinks, metricSinks }
  },
}

export default otlp

type Rest = [codec: Parameters<typeof openHttpWire>[1], mask: Mask]

function openWire(settings: Settings, ...rest: Rest): Promise<Wire> {
  return settings.protocol === 'grpc' ? openGrpcWire(settings, ...rest) : openHttpWire(settings, ...rest)
}
