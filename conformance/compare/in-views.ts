import type { Scenario } from '../format.ts'
import type { Step } from '../format/steps.ts'
import type { Fields } from './fired.ts'
import type { View } from './view.ts'

/** What is compared, and what it is of. */
export interface Views {
  readonly ours: View
  readonly inspect: View
  readonly scenario: Scenario
}

/** Whether spans of several tools are among what both have. */
export function isReordered(section: string, views: Views): boolean {
  const tools = views.ours.get(section)?.filter(({ what }) => what.startsWith('span_begin tool')) ?? []
  return tools.length > 1 && isSameSet(section, views)
}

/** Whether both have the same, in whatever order. */
export function isSameSet(section: string, { ours, inspect }: Views): boolean {
  const sorted = (view: View): string =>
    JSON.stringify(
      view
        .get(section)
        ?.map(({ what }) => what)
        .filter((what) => what !== 'logger' && what !== 'sandbox')
        .toSorted(),
    )
  return sorted(ours) === sorted(inspect)
}

export function isOfSample(section: string): boolean {
  return section.includes(', sample ')
}

export function sampleOf(section: string): string {
  return section.replace(/ (hooks|events|events before retry \d+|attempt \d+ deliveries)$/, '')
}

export function sampleEnd(view: View, section: string): Fields | undefined {
  return find(view, `${sampleOf(section)} hooks`, 'sample_end')
}

/** Our runner tells the end of every task. */
export function taskStatus(view: View, section: string): unknown {
  return find(view, section.replace(/, sample .*/, ''), 'task_end')?.['status']
}

export function attempts(view: View, section: string): number {
  const hooks = view.get(`${sampleOf(section)} hooks`) ?? []
  return hooks.filter(({ what }) => what.startsWith('sample_attempt_start')).length
}

export function find(view: View, section: string, what: string): Fields | undefined {
  return view.get(section)?.find((entry) => entry.what === what)?.details
}

/** The steps that fail, in it and within it. */
export function failures(step: Step): unknown[] {
  const inner = step.span?.steps ?? step.only?.steps ?? step.chain ?? []
  return [step.fail ?? [], ...inner.map(failures)]
}
