import type { Instrument, Item, Measurement } from '../../src/delivery/item.ts'
import { spanItem } from './items.ts'

export const calls: Instrument = { name: 'eval.calls', type: 'counter', unit: '{call}', description: 'Calls' }
export const active: Instrument = { name: 'eval.active', type: 'updowncounter', unit: '{sample}', description: '' }
export const accuracy: Instrument = { name: 'eval.accuracy', type: 'gauge', unit: '1', description: '' }
export const duration: Instrument = {
  name: 'eval.duration',
  type: 'histogram',
  unit: 's',
  description: '',
  boundaries: [1, 5],
}

export function measured(instrument: Instrument, value: number, attributes = {}, seconds = 100): Measurement {
  return { instrument, value, attributes, time: [seconds, 0] }
}

let count = 0
export function mark(...measurements: Measurement[]): Item {
  const item = spanItem(`mark ${count++}`, { measurements })
  return { ...item, kind: 'mark', body: null }
}
