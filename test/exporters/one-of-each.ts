import type { Item, LogBody } from '../../src/delivery/item.ts'
import { spanItem } from '../delivery/items.ts'

/** A span with a measurement, and a log record. */
export function oneOfEach(): Item[] {
  const span = spanItem('a', {
    body: { attributes: { text: 'ä', whole: 3, half: 0.5, yes: true, list: ['x', 'y'] } },
    measurements: [
      {
        instrument: { name: 'eval.calls', type: 'counter', unit: '{call}', description: 'Calls' },
        value: 2,
        attributes: { model: 'm' },
        time: [1_790_000_000, 0],
      },
      {
        instrument: { name: 'eval.duration', type: 'histogram', unit: 's', description: '', boundaries: [1, 5] },
        value: 3,
        attributes: {},
        time: [1_790_000_000, 0],
      },
    ],
  })
  const { traceId, spanId } = span.body
  const body: LogBody = {
    traceId,
    spanId,
    eventName: 'gen_ai.evaluation.result',
    time: [1_790_000_002, 7],
    severity: 'info',
    attributes: { 'gen_ai.evaluation.score.value': 0.5 },
  }
  return [span, { ...span, id: 'log', kind: 'log', body, json: JSON.stringify(body), measurements: undefined }]
}
