import { isFields, type Fields } from '../fields.ts'

/** The tokens of all calls, by model. What came out of Inspect's cache was not used. */
export function sumUsage(events: readonly Fields[]): Fields {
  // Names come from the log, and `__proto__` may be one of them.
  const byModel = new Map<string, Map<string, number>>()
  for (const event of events) {
    const usage = isFields(event['output']) ? event['output']['usage'] : undefined
    if (event['event'] !== 'model' || event['cache'] === 'read' || !isFields(usage)) continue
    const model = String(event['model'])
    const sum = byModel.get(model) ?? new Map<string, number>()
    byModel.set(model, sum)
    for (const [kind, value] of Object.entries(usage)) {
      if (typeof value === 'number') sum.set(kind, (sum.get(kind) ?? 0) + value)
    }
  }
  return Object.fromEntries([...byModel].map(([model, sum]) => [model, Object.fromEntries(sum)]))
}
