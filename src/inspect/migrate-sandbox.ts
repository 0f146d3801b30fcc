import type { Fields } from './fields.ts'

/** Of an eval or a sample: `[type, config]` → `{ type, config }`, in place. */
export function migrateSandbox(record: Fields): void {
  const { sandbox } = record
  if (!Array.isArray(sandbox)) return
  const [type, config] = sandbox as unknown[]
  record['sandbox'] = config === undefined || config === null ? { type } : { type, config }
}
