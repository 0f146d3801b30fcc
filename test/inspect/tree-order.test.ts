import { describe, expect, it } from 'vitest'
import { restoreOrder } from '../../src/inspect/tree-order.ts'
import { sample } from './log-text.ts'

interface Written {
  readonly name: string
  readonly [name: string]: unknown
}

function at(second: number): string {
  return `2026-11-21T09:11:${String(second).padStart(2, '0')}.000000+00:00`
}

function begin(id: string, second: number, changes: object = {}): Written {
  return { name: id, event: 'span_begin', id, timestamp: at(second), type: 'tool', parent_id: 'solver', ...changes }
}

function end(id: string, second: number): Written {
  return { name: `end of ${id}`, event: 'span_end', id, span_id: id, timestamp: at(second) }
}

function tool(name: string, second: number, completed: number): Written {
  const times = { timestamp: at(second), completed: at(completed) }
  return { name: `tool ${name}`, event: 'tool', function: name, span_id: 'solver', ...times }
}

function within(span: string, second: number): Written {
  return { name: `within ${span}`, event: 'info', span_id: span, timestamp: at(second) }
}

function score(second: number): Written {
  return { name: 'score', event: 'score', span_id: 'scorer', timestamp: at(second) }
}

/** The names of the events, of a run that was complete after 30 seconds. */
function restored(events: readonly Written[]): string[] {
  const record = sample('a', 30, { events: [...events] })
  restoreOrder(record)
  return (record['events'] as Written[]).map(({ name }) => name)
}

describe('the events of a sample that was scored again', () => {
  const spanBySpan = [
    begin('a', 2),
    within('a', 4),
    end('a', 6),
    tool('a', 1, 6),
    begin('b', 3),
    within('b', 5),
    end('b', 7),
    tool('b', 1, 7),
  ]

  it('come in the order in which they were written, with the events of tools behind the begin of their spans', () => {
    expect(restored([...spanBySpan, score(40)])).toEqual([
      'a',
      'tool a',
      'b',
      'tool b',
      'within a',
      'within b',
      'end of a',
      'end of b',
      'score',
    ])
  })

  it('stay as they are within a span, and behind the run', () => {
    const events = [begin('scorers', 20), within('scorers', 22), within('scorers', 21), score(40), end('scorers', 25)]
    expect(restored(events)).toEqual(['scorers', 'within scorers', 'within scorers', 'score', 'end of scorers'])
  })

  it('have the answer of a model where its call was made, which may have waited', () => {
    const answer = { ...within('b', 3), event: 'model', completed: at(9), output: { time: 1.5 }, name: 'answer' }
    const events = [begin('b', 2), answer, end('b', 10), begin('a', 2), within('a', 7), within('a', 8), end('a', 11)]
    expect(restored([...events, score(40)])).toEqual([
      'b',
      'a',
      'within a',
      'answer',
      'within a',
      'end of b',
      'end of a',
      'score',
    ])
  })

  it('are left alone where a time is missing', () => {
    const events = [...spanBySpan, { ...within('b', 8), timestamp: undefined }, score(40)]
    expect(restored(events)).toEqual(events.map(({ name }) => name))
  })
})

it('The events of other samples are left as they are', () => {
  const events = [begin('a', 2), end('a', 6), tool('a', 1, 6), begin('b', 3), end('b', 7), score(20)]
  expect(restored(events)).toEqual(events.map(({ name }) => name))
})
