import type { Attributes, Instrument, Measurement, HrTime } from './item.ts'
import type { MetricData } from '@opentelemetry/sdk-metrics'
import { Distribution } from './distribution.ts'
import { compareTimes, fromMilliseconds } from '../time.ts'
import { otelMetrics, type OtelMetrics } from './otel-metrics.ts'

/** OpenTelemetry's limit of series for an instrument, the overflow series included. */
const mostSeries = 2000
const overflow: Attributes = { 'otel.metric.overflow': true }

/** Counts what could not be measured, so that it is not lost silently. */
const refusedInstrument: Instrument = {
  name: 'evalspan.measurement.refused',
  type: 'counter',
  unit: '{measurement}',
  description: 'Measurements that are no number, negative where that makes no sense, or at odds with their instrument',
}

/** Folds measurements into cumulative series that began when it was made. */
export class Aggregates {
  readonly #now: () => number
  readonly #start: HrTime
  readonly #families = new Map<string, Family>()

  constructor({ now }: { readonly now: () => number }) {
    this.#now = now
    this.#start = fromMilliseconds(now())
  }

  add(measurement: Measurement): void {
    const { instrument } = measurement
    let family = this.#families.get(instrument.name)
    if (!family) this.#families.set(instrument.name, (family = new Family(instrument)))
    if (!family.add(measurement)) this.#refuse(instrument.name)
  }

  async collect(): Promise<MetricData[]> {
    const otel = await otelMetrics()
    const time = fromMilliseconds(this.#now())
    return Array.from(this.#families.values(), (family) => family.collect(this.#start, time, otel)).filter(
      ({ dataPoints }) => dataPoints.length > 0,
    )
  }

  #refuse(name: string): void {
    const time = fromMilliseconds(this.#now())
    this.add({ instrument: refusedInstrument, value: 1, attributes: { 'evalspan.metric.name': name }, time })
  }
}

/** The series of one instrument. */
class Family {
  readonly #instrument: Instrument
  readonly #series = new Map<string, Series>()
  /** By attributes in the order in which they are written, which saves sorting them. */
  readonly #known = new Map<string, Series>()

  constructor(instrument: Instrument) {
    this.#instrument = instrument
  }

  /** False when the measurement cannot be taken. */
  add(measurement: Measurement): boolean {
    const { type } = this.#instrument
    const { value } = measurement
    if (measurement.instrument.type !== type || !Number.isFinite(value)) return false
    if (value < 0 && (type === 'counter' || type === 'histogram')) return false
    return this.#find(measurement.attributes).add(measurement)
  }

  collect(start: HrTime, end: HrTime, { AggregationTemporality, DataPointType, ValueType }: OtelMetrics): MetricData {
    const { name, description, unit, type } = this.#instrument
    const common = {
      descriptor: { name, description, unit, valueType: ValueType.DOUBLE },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
    }
    const times = { startTime: [...start] as [number, number], endTime: [...end] as [number, number] }
    const series = [...this.#series.values()]
    const numbers = series.map(({ attributes, number: value }) => ({ ...times, attributes: { ...attributes }, value }))
    switch (type) {
      case 'counter':
      case 'updowncounter':
        return { ...common, dataPointType: DataPointType.SUM, isMonotonic: type === 'counter', dataPoints: numbers }
      case 'gauge':
        return { ...common, dataPointType: DataPointType.GAUGE, dataPoints: numbers }
      case 'histogram':
        return {
          ...common,
          dataPointType: DataPointType.HISTOGRAM,
          dataPoints: series.map(({ attributes, distribution }) => ({
            ...times,
            attributes: { ...attributes },
            value: distribution!.toHistogram(),
          })),
        }
      default:
        throw new Error(`unknown type of instrument: ${String(type satisfies never)}`)
    }
  }

  #find(attributes: Attributes): Series {
    const written = writtenKey(attributes)
    let series = this.#known.get(written)
    if (!series) {
      series = this.#findAnew(attributes)
      if (this.#known.size < mostSeries) this.#known.set(written, series)
    }
    return series
  }

  #findAnew(attributes: Attributes): Series {
    const key = seriesKey(attributes)
    const series = this.#series.get(key)
    if (series) return series
    if (this.#series.size < mostSeries - 1) return this.#open(key, attributes)
    const rest = seriesKey(overflow)
    return this.#series.get(rest) ?? this.#open(rest, overflow)
  }

  #open(key: string, attributes: Attributes): Series {
    const series = new Series(this.#instrument, attributes)
    this.#series.set(key, series)
    return series
  }
}

class Series {
  readonly attributes: Attributes
  readonly distribution: Distribution | undefined
  readonly #last: boolean
  #time: HrTime = [-Infinity, 0]
  #number = 0

  constructor(instrument: Instrument, attributes: Attributes) {
    this.attributes = attributes
    this.distribution = instrument.type === 'histogram' ? new Distribution(instrument.boundaries) : undefined
    this.#last = instrument.type === 'gauge'
  }

  get number(): number {
    return this.#number
  }

  add({ value, time }: Measurement): boolean {
    if (this.distribution) return this.distribution.add(value)
    if (this.#last) {
      if (compareTimes(time, this.#time) < 0) return true
      this.#time = time
      this.#number = value
      return true
    }
    if (!Number.isFinite(this.#number + value)) return false
    this.#number += value
    return true
  }
}

function writtenKey(attributes: Attributes): string {
  let key = ''
  for (const name in attributes) key += `${name}\0${typeof attributes[name]}\0${String(attributes[name])}\0`
  return key
}

function seriesKey(attributes: Attributes): string {
  return JSON.stringify(Object.entries(attributes).toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
