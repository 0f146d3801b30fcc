import type { Attributes, Instrument } from '../item.ts'
import { addTo, boundariesOf, emptyDistribution, mergeInto, type Distribution } from '../distribution.ts'
import type { Sql } from './sql.ts'

/** A measurement as it is handed over: instrument, value, attributes, seconds and nanoseconds since 1970. */
export type MeasurementRow = readonly [instrument: string, value: number, attributes: Attributes, number, number]

/** A cumulative series; its times are milliseconds since 1970. */
export interface SeriesRow {
  readonly instrument: Instrument
  readonly attributes: Attributes
  readonly start: number
  readonly data: SeriesData
}

/** Of a counter the sum, of a gauge the last value and when it was measured, of a histogram its buckets. */
export interface SeriesData {
  number?: number
  time?: readonly [number, number]
  distribution?: Distribution
}

/** OpenTelemetry's limit of series for an instrument, the overflow series included. */
const mostSeries = 2000
const overflow: Attributes = { 'otel.metric.overflow': true }

/** Counts what could not be measured, so that it is not lost silently. */
export const refusedInstrument: Instrument = {
  name: 'evalspan.measurement.refused',
  type: 'counter',
  unit: '{measurement}',
  description: 'Measurements that are no number, negative where that makes no sense, or at odds with their instrument',
}

interface OpenSeries {
  readonly data: SeriesData
  readonly start: number
  isNew: boolean
  isChanged: boolean
}

interface Family {
  readonly instrument: Instrument
  readonly boundaries: readonly number[]
  count: number
  readonly series: Map<string, OpenSeries>
}

/** Folds measurements into cumulative series. Within a transaction: first `add`, then `write`. */
export class Series {
  readonly #sql: Sql
  readonly #now: () => number
  readonly #instruments = new Map<string, Instrument>([[refusedInstrument.name, refusedInstrument]])
  readonly #families = new Map<string, Family>()

  constructor(sql: Sql, now: () => number) {
    this.#sql = sql
    this.#now = now
  }

  /** Instruments are told before the first measurement that names them. */
  register(instruments: readonly Instrument[]): void {
    for (const instrument of instruments) this.#instruments.set(instrument.name, instrument)
  }

  add([name, value, attributes, seconds, nanoseconds]: MeasurementRow): void {
    const family = this.#family(name)
    const series = this.#find(family, attributes)
    if (!addValue(series.data, family, value, [seconds, nanoseconds])) {
      this.add([refusedInstrument.name, 1, { 'evalspan.metric.name': name }, seconds, nanoseconds])
    } else series.isChanged = true
  }

  /** Writes what was added. */
  write(): void {
    const now = this.#now()
    for (const [name, { series }] of this.#families) {
      for (const [key, { data, start, isChanged }] of series) {
        if (!isChanged) continue
        this.#sql.run(
          'INSERT OR REPLACE INTO series VALUES (?, ?, ?, ?, ?)',
          name,
          key,
          start,
          now,
          JSON.stringify(data),
        )
      }
    }
    this.forget()
  }

  /** Whatever was added and not written is gone. */
  forget(): void {
    this.#families.clear()
  }

  all(): SeriesRow[] {
    const rows = this.#sql.all<{ attributes: string; start: number; data: string; definition: string }>(
      'SELECT attributes, start, data, definition FROM series JOIN instrument ON name = instrument',
    )
    return rows.map(({ attributes, start, data, definition }) => ({
      instrument: JSON.parse(definition) as Instrument,
      attributes: Object.fromEntries(JSON.parse(attributes) as [string, string][]),
      start,
      data: JSON.parse(data) as SeriesData,
    }))
  }

  /** Series that nothing was added to since then are retired. */
  retire(before: number): void {
    this.#sql.run('DELETE FROM series WHERE seen < ?', before)
  }

  #family(name: string): Family {
    let family = this.#families.get(name)
    if (family) return family
    const instrument = this.#instruments.get(name)
    if (!instrument) throw new Error(`the instrument ${name} was not told`)
    const boundaries = boundariesOf(instrument.boundaries)
    const definition = JSON.stringify(instrument)
    const known = this.#sql.get<{ definition: string }>('SELECT definition FROM instrument WHERE name = ?', name)
    if (known?.definition !== definition) {
      this.#sql.run('INSERT OR REPLACE INTO instrument VALUES (?, ?)', name, definition)
      // Another version of evalspan had other buckets: what is cumulative begins anew.
      if (known && !isCompatible(JSON.parse(known.definition) as Instrument, instrument)) {
        this.#sql.run('DELETE FROM series WHERE instrument = ?', name)
      }
    }
    const { count } = this.#sql.get<{ count: number }>(
      'SELECT COUNT(*) AS count FROM series WHERE instrument = ?',
      name,
    )!
    family = { instrument, boundaries, count, series: new Map() }
    this.#families.set(name, family)
    return family
  }

  #find(family: Family, attributes: Attributes): OpenSeries {
    const series = this.#open(family, keyOf(attributes))
    if (!series.isNew || family.count < mostSeries - 1) {
      if (series.isNew) family.count += 1
      series.isNew = false
      return series
    }
    family.series.delete(keyOf(attributes))
    const rest = this.#open(family, keyOf(overflow))
    rest.isNew = false
    return rest
  }

  #open(family: Family, key: string): OpenSeries {
    let series = family.series.get(key)
    if (series) return series
    const row = this.#sql.get<{ start: number; data: string }>(
      'SELECT start, data FROM series WHERE instrument = ? AND attributes = ?',
      family.instrument.name,
      key,
    )
    series = row
      ? { data: JSON.parse(row.data) as SeriesData, start: row.start, isNew: false, isChanged: false }
      : { data: emptyData(family), start: this.#now(), isNew: true, isChanged: false }
    family.series.set(key, series)
    return series
  }
}

/** Adds up the series of two stores. */
export function mergeSeries(one: readonly SeriesRow[], other: readonly SeriesRow[]): SeriesRow[] {
  const keyOfRow = ({ instrument, attributes }: SeriesRow): string => `${instrument.name}\0${keyOf(attributes)}`
  const merged = new Map(one.map((row) => [keyOfRow(row), row]))
  for (const row of other) {
    const known = merged.get(keyOfRow(row))
    if (!known) merged.set(keyOfRow(row), row)
    else if (known.data.distribution) mergeInto(known.data.distribution, row.data.distribution!)
    else if (row.instrument.type === 'gauge') Object.assign(known.data, row.data)
    else known.data.number = known.data.number! + row.data.number!
  }
  return [...merged.values()]
}

function isCompatible(one: Instrument, other: Instrument): boolean {
  return one.type === other.type && JSON.stringify(one.boundaries) === JSON.stringify(other.boundaries)
}

function emptyData({ instrument, boundaries }: Family): SeriesData {
  return instrument.type === 'histogram' ? { distribution: emptyDistribution(boundaries) } : { number: 0 }
}

function addValue(data: SeriesData, family: Family, value: number, time: readonly [number, number]): boolean {
  if (data.distribution) return addTo(data.distribution, value, family.boundaries)
  if (family.instrument.type === 'gauge') {
    const last = data.time ?? [-Infinity, 0]
    if (time[0] < last[0] || (time[0] === last[0] && time[1] < last[1])) return true
    data.time = time
    data.number = value
    return true
  }
  if (!Number.isFinite(data.number! + value)) return false
  data.number! += value
  return true
}

/** Attributes in the order of their names, as text. */
function keyOf(attributes: Attributes): string {
  return JSON.stringify(Object.entries(attributes).toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
