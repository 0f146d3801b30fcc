import { describe, expect, it } from 'vitest'
import type { Item, SpanBody } from '../../src/delivery/item.ts'
import { faultOf } from './valid-item.ts'

const traceId = 'a'.repeat(32)
const body: SpanBody = {
  traceId,
  spanId: 'b'.repeat(16),
  name: 'span',
  kind: 'internal',
  start: [1, 0],
  end: [2, 0],
  attributes: { text: 'x', list: ['a', 'b'], none: [] },
  events: [],
  links: [],
}

function span(changes: object = {}): Item {
  const time = new Date(0)
  const whole = { ...body, ...changes } as SpanBody
  return { object: traceId, id: 'id', kind: 'span', time, digest: '', size: 0, rule: 'once', body: whole, json: '' }
}

describe('an item', () => {
  it('has no fault when it is what its type says', () => {
    expect(faultOf(span())).toBeUndefined()
  })

  it('is faulty when a field is something else', () => {
    const faults = [
      { name: 7 },
      { start: [3, 0] },
      { start: [Number.NaN, 0] },
      { end: [2, 1e9] },
      { parentSpanId: 'x' },
      { attributes: { a: {} } },
      { attributes: { a: null } },
      { attributes: { a: Number.NaN } },
      { attributes: { a: ['x', 1] } },
      { attributes: { a: [[]] } },
      { events: [{ name: 'e', time: [1, 0.5], attributes: {} }] },
      { error: { message: [] } },
    ].map((changes) => faultOf(span(changes)))
    expect(faults).toEqual([
      'span: its name is a number',
      'span: it ends before it starts',
      'span: start is [NaN, 0]',
      'span: end is [2, 1000000000]',
      'span: its parent is no id',
      'span: a is a object',
      'span: a is a null',
      'span: a is a number',
      'span: a is a list of string,number',
      'span: a is a list of object',
      'span, in an event or link: time is [1, 0.5]',
      'span: its error is no text',
    ])
  })
})
