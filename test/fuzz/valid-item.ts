import type { Attributes, HrTime, Item, Measurement, SpanBody } from '../../src/delivery/item.ts'

/** What is wrong with an item that the types promise to be right; undefined when nothing is. */
export function faultOf(item: Item): string | undefined {
  if (!(item.time instanceof Date) || Number.isNaN(item.time.getTime())) return `${item.kind}: time is no date`
  if (!/^[0-9a-f]{32}$/.test(item.object)) return `${item.kind}: object is no trace id`
  if (typeof item.id !== 'string') return `${item.kind}: id is a ${typeof item.id}`
  const fault = (item.measurements ?? []).map(measurementFault).find((each) => each !== undefined)
  if (fault !== undefined) return `${item.kind}: ${fault}`
  if (item.kind === 'mark') return undefined
  const { body } = item
  if (body.traceId !== item.object || !/^[0-9a-f]{16}$/.test(body.spanId)) return `${item.kind}: ids are no ids`
  if (item.kind === 'span') return spanFault(item.body)
  return timeFault(item.body.time, 'time') ?? attributesFault(item.body.attributes)
}

function spanFault(span: SpanBody): string | undefined {
  const { name, start, end, attributes, events, links, error, parentSpanId } = span
  if (typeof name !== 'string') return `span: its name is a ${typeof name}`
  if (parentSpanId !== undefined && !/^[0-9a-f]{16}$/.test(parentSpanId)) return 'span: its parent is no id'
  if (error && typeof error.message !== 'string') return 'span: its error is no text'
  if (start[0] > end[0] || (start[0] === end[0] && start[1] > end[1])) return 'span: it ends before it starts'
  const fault = timeFault(start, 'start') ?? timeFault(end, 'end') ?? attributesFault(attributes)
  if (fault !== undefined) return `span: ${fault}`
  for (const part of [...events, ...links]) {
    const inPart = attributesFault(part.attributes) ?? ('time' in part ? timeFault(part.time, 'time') : undefined)
    if (inPart !== undefined) return `span, in an event or link: ${inPart}`
  }
  return undefined
}

function timeFault([seconds, nanoseconds]: HrTime, name: string): string | undefined {
  const good = Number.isSafeInteger(seconds) && Number.isInteger(nanoseconds) && nanoseconds >= 0 && nanoseconds < 1e9
  return good ? undefined : `${name} is [${seconds}, ${nanoseconds}]`
}

function attributesFault(attributes: Attributes): string | undefined {
  for (const [name, value] of Object.entries(attributes)) {
    if (Array.isArray(value)) {
      const types = new Set(value.map((part: unknown) => typeof part))
      if (types.size > 1 || !(types.size === 0 || isScalar(value[0])))
        return `${name} is a list of ${[...types].join()}`
    } else if (!isScalar(value)) return `${name} is a ${value === null ? 'null' : typeof value}`
  }
  return undefined
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}

function measurementFault({ instrument, value, attributes, time }: Measurement): string | undefined {
  if (!Number.isFinite(value)) return `${instrument.name} is ${value}`
  if (value < 0 && (instrument.type === 'counter' || instrument.type === 'histogram')) return `${instrument.name} < 0`
  const fault = attributesFault(attributes) ?? timeFault(time, 'time')
  return fault === undefined ? undefined : `${instrument.name}: ${fault}`
}
