/**
 * True for names that Inspect gives to logs: any `.eval`, and `.json` that starts with a time, which leaves out the
 * `logs.json` and `eval-set.json` of a log folder. Takes a path as well.
 */
export function isLogFile(name: string): boolean {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
  return base.endsWith('.eval') || (base.endsWith('.json') && /^\d{4}-\d{2}-\d{2}T\d{2}[:-]\d{2}[:-]\d{2}/.test(base))
}
