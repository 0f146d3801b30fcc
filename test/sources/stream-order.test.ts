import { expect, it } from 'vitest'
import type { Event } from '../../src/inspect/records.ts'
import { streamOrder } from '../../src/sources/stream-order.ts'
import { at, begin, end, model, tool } from '../telemetry/stream.ts'

function steps(events: readonly Event[]): string[] {
  return [...streamOrder(events)].map(({ event, complete }) => `${complete ? '' : 'call '}${event.uuid}`)
}

it('streams tools behind the end of their span and models behind their answer', () => {
  const events = [
    begin('agent', 'a', 'agent', 1),
    model('m1', 2, 5),
    model('m2', 2, 4),
    begin('t1', 'add', 'tool', 3, 'solver'),
    tool('e1', 'add', 3, 4.5),
    end('t1', 4.5),
    end('agent', 6),
  ]
  expect(steps(events)).toEqual([
    'begin-agent',
    'call m1',
    'call m2',
    'begin-t1',
    'm2',
    'end-t1',
    'e1',
    'm1',
    'end-agent',
  ])
})

it('finds its way through many events of the same time, across blocks of them', () => {
  const infos = Array.from({ length: 1000 }, (_, index): Event => ({
    event: 'info',
    uuid: `i${index}`,
    timestamp: at(3),
  }))
  const streamed = steps([model('m1', 2, 3), ...infos, { event: 'info', uuid: 'later', timestamp: at(3.000001) }])
  expect(streamed.slice(-3)).toEqual(['i999', 'm1', 'later'])
})
