/**
 * True for names that Inspect gives to logs: any `.eval`, and `.json` that starts with a time, which leaves out the
 * `logs.json` and `eval-set.json` of a log folder. Takes a path as well.
 */
export function isLogFile(name: string): boolean {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
  return base.endsWith('.eval') || (base.endsWith('.json') && /^\d{4}-\d{2}-\d{2}T\d{2}[:-]\d{2}[:-]\d{2}/.test(base))
}

/** True for logs beneath a folder, by the path from there. Folders whose name begins with a dot are Inspect's own. */
export function isListed(path: string): boolean {
  return isLogFile(path) && !/(?:^|\/)\.[^/]*\//.test(path)
}

/** True for records of hook events. */
export function isEventLog(path: string): boolean {
  return path.replace(/^(https?:\/\/[^?#]*).*$/is, '$1').endsWith('.jsonl')
}
