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

it('streams an event of a sandbox where the log has it, which is when it was complete', () => {
  const sandbox: Event = { event: 'sandbox', uuid: 's1', span_id: 't2', timestamp: at(3), completed: at(6) }
  const events = [
    begin('t1', 'add', 'tool', 3, 'solver'),
    tool('e1', 'add', 3, 5),
    begin('t2', 'run', 'tool', 3, 'solver'),
    tool('e2', 'run', 3, 7),
    end('t1', 4.9),
    sandbox,
    end('t2', 6.9),
  ]
  expect(steps(events)).toEqual(['begin-t1', 'begin-t2', 'end-t1', 'e1', 's1', 'end-t2', 'e2'])
})

it('streams a call that was interrupted behind the interrupt, and an answer that exceeds a limit before the limit', () => {
  const cut = model('m1', 1, undefined, { error: 'Cancelled by limit' })
  const interrupt: Event = { event: 'interrupt', uuid: 'i1', timestamp: at(2), interrupted_model_event_id: 'm1' }
  expect(steps([begin('solver', 'a', 'solver', 1), cut, interrupt, end('solver', 3)])).toEqual([
    'begin-solver',
    'call m1',
    'i1',
    'm1',
    'end-solver',
  ])
  const limit: Event = { event: 'sample_limit', type: 'token', uuid: 'l1', span_id: 'solver', timestamp: at(4) }
  expect(steps([model('m1', 1, undefined), limit])).toEqual(['call m1', 'm1', 'l1'])
})
