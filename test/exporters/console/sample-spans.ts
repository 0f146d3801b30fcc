import type { Attributes, Committed, HrTime, Item, Output, SpanBody } from '../../../src/exporter.ts'

/** A span in few words: seconds since the start of its sample, then what differs. */
export interface SpanSketch {
  readonly parent?: string
  readonly attributes?: Attributes
  readonly error?: string
  readonly events?: readonly { readonly name: string; readonly at: number; readonly attributes: Attributes }[]
}

const epoch = 1_790_000_000

/** An item with the span of a trace; its id is what it is called in the sketch. */
export function spanItem(
  trace: string,
  id: string,
  name: string,
  [start, end]: readonly [start: number, end: number],
  { parent, attributes = {}, error, events = [] }: SpanSketch = {},
): Item<'span'> {
  const body: SpanBody = {
    traceId: trace,
    spanId: id,
    parentSpanId: parent,
    name,
    kind: name.startsWith('chat ') ? 'client' : 'internal',
    start: hrTime(start),
    end: hrTime(end),
    attributes,
    events: events.map((event) => ({ name: event.name, time: hrTime(event.at), attributes: event.attributes })),
    links: [],
    error: error === undefined ? undefined : { message: error },
  }
  const time = new Date((epoch + end) * 1000)
  return {
    object: trace,
    id,
    kind: 'span',
    time,
    digest: id,
    size: 100,
    rule: 'once',
    body,
    json: JSON.stringify(body),
  }
}

export function fresh(...items: Item[]): Committed {
  return { fresh: items, known: [], superseded: [] }
}

/** Keeps what is written. */
export function memoryOutput(
  options: { interactive?: boolean; color?: boolean; columns?: number } = {},
): Output & { text: string } {
  return {
    text: '',
    interactive: options.interactive ?? false,
    color: options.color ?? false,
    columns: options.columns ?? 80,
    write(text: string) {
      this.text += text
    },
  }
}

function hrTime(seconds: number): HrTime {
  const whole = Math.floor(seconds)
  return [epoch + whole, Math.round((seconds - whole) * 1e9)]
}
