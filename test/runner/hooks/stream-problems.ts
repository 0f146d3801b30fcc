import type { HookEvent } from '../../../src/index.ts'

type Fields = { readonly [name: string]: unknown }

/** What is begun and ended, by the field that tells one from the other, from the outside in. */
const scopes = [
  { what: 'set', start: 'onEvalSetStart', end: 'onEvalSetEnd', id: 'eval_set_id', parent: undefined },
  { what: 'run', start: 'onRunStart', end: 'onRunEnd', id: 'run_id', parent: 'eval_set_id' },
  { what: 'task', start: 'onTaskStart', end: 'onTaskEnd', id: 'eval_id', parent: 'run_id' },
  { what: 'sample', start: 'onSampleInit', end: 'onSampleEnd', id: 'sample_id', parent: 'eval_id' },
  { what: 'attempt', start: 'onSampleAttemptStart', end: 'onSampleAttemptEnd', id: 'attempt', parent: 'sample_id' },
] as const

/** Events within a sample. */
const inner = new Set(['onSampleStart', 'onSampleScoring', 'onSampleEvent', 'onModelRetry'])

/**
 * In what a stream of events is not balanced: each start has one end, after those of what is within it, and nothing comes
 * before the start or after the end of what it belongs to.
 */
export function streamProblems(events: readonly HookEvent[]): string[] {
  const problems: string[] = []
  const open = new Set<string>()
  const ended = new Set<string>()
  for (const { hook, data } of events) {
    const fields = data as unknown as Fields
    const scope = scopes.find(({ start, end }) => hook === start || hook === end)
    const key = scope && keyOf(scope.what, scope.id, fields)
    if (!scope || key === undefined) {
      const sample = keyOf('sample', 'sample_id', fields)
      if (inner.has(hook) && !open.has(sample)) problems.push(`${hook} outside of ${sample}`)
    } else if (hook === scope.start) {
      if (open.has(key) || ended.has(key)) problems.push(`${key} begins again`)
      const parent = parentOf(scope.what, fields)
      if (parent !== undefined && !open.has(parent)) problems.push(`${key} begins outside of ${parent}`)
      open.add(key)
    } else {
      if (!open.delete(key)) problems.push(`${key} ends ${ended.has(key) ? 'again' : 'without a start'}`)
      ended.add(key)
      const index = scopes.indexOf(scope)
      for (const other of open) {
        const isWithin = scopes.slice(index + 1).some(({ what }) => other.startsWith(`${what} `))
        if (isWithin && belongs(other, fields[scope.id])) problems.push(`${key} ends before ${other}`)
      }
    }
  }
  for (const key of open) problems.push(`${key} does not end`)
  return problems
}

/** `attempt UUID/2`, `sample EVAL/UUID`: with the ids of all that it is in. */
function keyOf(what: string, id: string, fields: Fields): string {
  const names = ['eval_set_id', 'run_id', 'eval_id', 'sample_id']
  const depth = scopes.findIndex((scope) => scope.what === what)
  const path = [...names.slice(0, depth), id]
    .map((name) => fields[name])
    .filter((part) => part !== undefined && part !== null)
  return `${what} ${path.map(String).join('/')}`
}

function parentOf(what: string, fields: Fields): string | undefined {
  const index = scopes.findIndex((scope) => scope.what === what)
  const parent = scopes[index - 1]
  return parent && fields[parent.id] !== null && fields[parent.id] !== undefined
    ? keyOf(parent.what, parent.id, fields)
    : undefined
}

function belongs(key: string, id: unknown): boolean {
  return key.split(/[ /]/).includes(String(id))
}
