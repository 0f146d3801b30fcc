import type { HookEvent } from '../../src/hooks/hooks.ts'

type Change = (text: string, path: string) => string

/** The allow-list: ids, names, enums, times and messages of errors; all else is content. */
const allowed = [
  /\.(?:eval_set_id|run_id|eval_id|task_id|sample_id|span_id|parent_id|agent_span_id|uuid)$/,
  /\.(?:timestamp|created|completed|started_at|completed_at)$/,
  /\.(?:event|status|role|stop_reason|cache|reducer|limit\.type)$/,
  /\.(?:model|model_name|task_name|model_base_url|task_version|solver)$/,
  /^onRunStart\.task_names\.\d+$/,
  /\.(?:spec|eval)\.(?:task|dataset\.name|revision\.commit)$/,
  /\.(?:summary|sample)\.id$/,
  /^events\.\d+\.(?:id|type|name|function|agent|scorer|score_name|call\.response\.id)$/,
  /content\.\d+\.type$/,
  /^events\.\d+\.tool_choice\.name$/,
  /\.results\.scores\.\d+\.(?:name|scorer|metrics\.\w+\.name)$/,
  /^events\.\d+\.error$/,
  /\.(?:error\.message|error\.type|exception\.message|exception\.type|exception_type)$/,
]
/** What makes an event what it is, and when it was. */
const structure = /\.(?:event|role|timestamp|created|completed|started_at|completed_at|content\.\d+\.type)$/

export function isContent(path: string): boolean {
  return !allowed.some((pattern) => pattern.test(path))
}

export function isStructure(path: string): boolean {
  return structure.test(path)
}

/** Stands in a text of content and says where that is. */
export function canaryOf(path: string): string {
  return `canary(${path})`
}

/** All canaries of content in a text. */
export function canariesIn(text: string): string[] {
  return [...new Set(text.match(/canary\([^)]*\)/g))].toSorted()
}

/** Changes every string of the events, and every name of a field that is somebody's words; it is told the place of each. */
export function changed(events: readonly HookEvent[], change: Change): HookEvent[] {
  let live = 0
  return events.map((event) => {
    // An event of a sample comes by itself, with the sample, and with attempts before: it is one and the same.
    const place = event.hook === 'onSampleEvent' ? `events.${live++}` : event.hook
    const data = event.hook === 'onSampleEvent' ? { ...event.data, event: undefined } : event.data
    const walked = walk(data, event.hook, change) as object
    const ofSample = event.hook === 'onSampleEvent' ? { event: walk(event.data.event, place, change) } : {}
    return { ...event, data: { ...walked, ...ofSample } } as unknown as HookEvent
  })
}

function walk(value: unknown, path: string, change: Change): unknown {
  if (typeof value === 'string') return change(value, path)
  if (typeof value !== 'object' || value === null) return value
  const shared = path.replace(/^onSampleEnd\.sample(?:\.error_retries\.0)?\.events/, 'events')
  if (Array.isArray(value)) return value.map((item, index) => walk(item, `${shared}.${index}`, change))
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key.includes(' ') ? change(key, `${shared}.${key}`) : key,
      walk(field, `${shared}.${key}`, change),
    ]),
  )
}
