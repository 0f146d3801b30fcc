import { isFields, type Fields } from '../fields.ts'

/** The tokens of all calls, by model. What came out of Inspect's cache was not used. */
export function sumUsage(events: readonly Fields[]): Fields {
  const byModel: { [model: string]: { [kind: string]: number } } = {}
  for (const event of events) {
    const usage = isFields(event['output']) ? event['output']['usage'] : undefined
    if (event['event'] !== 'model' || event['cache'] === 'read' || !isFields(usage)) continue
    const sum = (byModel[String(event['model'])] ??= {})
    for (const [kind, value] of Object.entries(usage)) {
      if (typeof value === 'number') sum[kind] = (sum[kind] ?? 0) + value
    }
  }
  return byModel
}
