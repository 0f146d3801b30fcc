import { createHash } from 'node:crypto'
import type { Item, Measurement, SpanBody } from '../../src/delivery/item.ts'

/** A span item; `version` stands for its content. */
export function spanItem(
  id: string,
  options: {
    readonly object?: string
    readonly version?: number
    readonly size?: number
    readonly rule?: 'once' | 'latest'
    readonly measurements?: readonly Measurement[]
    readonly body?: Partial<SpanBody>
  } = {},
): Item<'span'> {
  const { object = 'trace', version = 1, size = 100, rule = 'once', measurements } = options
  const hash = createHash('sha256').update(`${object}|${id}`).digest('hex')
  const body: SpanBody = {
    traceId: createHash('sha256').update(object).digest('hex').slice(0, 32),
    spanId: hash.slice(0, 16),
    name: `span ${id}`,
    kind: 'internal',
    start: [1_790_000_000, 5],
    end: [1_790_000_001, 250],
    attributes: { 'test.id': id, 'test.version': version },
    events: [],
    links: [],
    ...options.body,
  }
  const digest = `content ${version}`
  const json = JSON.stringify(body)
  return { object, id, kind: 'span', time: new Date(1_790_000_000_000), digest, size, rule, body, json, measurements }
}

export function spanItems(count: number, options: Parameters<typeof spanItem>[1] = {}): Item<'span'>[] {
  return Array.from({ length: count }, (_, index) => spanItem(String(index), options))
}
