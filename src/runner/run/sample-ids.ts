import { fnmatch } from '../text/fnmatch.ts'

/** As of `sampleId`: ids of samples, or patterns for them. */
export type SampleIds = string | number | readonly (string | number)[]

/**
 * The ids that are meant for a task. `task:id` is for that one alone, where the run has a task of the name; of any other
 * id a colon is a part. An empty list: all are meant for other tasks.
 */
export function sampleIdsOf(
  task: string,
  given: SampleIds | undefined,
  tasks: readonly string[],
): SampleIds | undefined {
  if (given === undefined) return undefined
  const names = new Set(tasks.map((name) => name.toLowerCase()))
  const narrowed = (id: string | number): readonly (string | number)[] => {
    const [, prefix, rest] = /^([^:]*):(.*)$/s.exec(String(id)) ?? []
    if (prefix === undefined || !names.has(prefix.toLowerCase())) return [id]
    return prefix.toLowerCase() === task.toLowerCase() ? [rest!] : []
  }
  if (Array.isArray(given)) return (given as readonly (string | number)[]).flatMap((id) => narrowed(id))
  const [one] = narrowed(given as string | number)
  return one ?? []
}

/** Whether a sample is meant, for a pattern as Python's `fnmatch` has it. `007` and `7` are one, as in Inspect. */
export function matchesSampleId(pattern: string | number): (id: string | number) => boolean {
  const expression = fnmatch(plain(pattern))
  return (id) => expression.test(plain(id))
}

function plain(id: string | number): string {
  return String(id).replace(/^0+(?=\d+$)/, '')
}
