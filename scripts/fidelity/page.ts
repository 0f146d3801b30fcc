import { hookNames, toWireName } from '../../src/hooks/hooks.ts'
import type { Check } from './check.ts'
import { gaps } from './gaps/gaps.ts'

/** What a check found, as a page in Markdown: by hook, what was not recorded and why, and which runs it were. */
export function pageOf({ scenarios, areArrived }: Check, folder: string): string {
  const comparisons = scenarios.map(({ comparison }) => comparison)
  const verdicts = comparisons.flatMap((comparison) => comparison.verdicts)
  const values = comparisons.reduce((sum, comparison) => sum + comparison.values, 0)
  const counts = Map.groupBy(
    comparisons.flatMap(({ notRecorded }) => notRecorded),
    ({ gap }) => gap,
  )
  return [
    areArrived ? '# What a replay fires, and what arrived live' : '# What a replay fires, and what Inspect fired',
    '',
    areArrived
      ? 'A replay of a log fires the hooks of which a listener was told live. Here both are compared, hook by hook and'
      : 'A replay of a log fires the hooks that Inspect fired while it wrote the log. Here both are compared, hook by hook and',
    `field by field, for the runs in \`${folder}\`: ${number(verdicts.length)} hooks of ${scenarios.length} runs, and`,
    `${number(values)} values in them. This page is written by \`npm run fidelity -- ${folder}${areArrived ? ' --arrived FILE' : ''} --write FILE\`, which fails`,
    'when anything differs that is not in the list below.',
    '',
    ...table(
      ['hook', 'fired', 'equal', 'equal but for what a log lacks', 'not in a log', 'different'],
      hookNames.map((hook) => {
        const of = verdicts.filter(({ fired }) => fired.hook === hook)
        const count = (verdict: string): string => number(of.filter((each) => each.verdict === verdict).length)
        return [
          `\`${toWireName(hook)}\``,
          number(of.length),
          ...['equal', 'partly', 'not recorded', 'different'].map(count),
        ]
      }),
    ),
    '',
    '## What a log does not hold',
    '',
    ...table(
      ['what', 'why', 'found'],
      gaps.map((gap) => [gap.name, gap.reason, number(counts.get(gap)?.length ?? 0)]),
    ),
    '',
    '## The runs',
    '',
    ...table(
      ['run', 'fired', 'different'],
      scenarios.map(({ scenario, comparison }) => [
        scenario.name,
        number(comparison.verdicts.length),
        number(comparison.different.length),
      ]),
    ),
    '',
  ].join('\n')
}

/** With columns of one width, numbers to the right, as the formatter of this repository has it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]!.length), title.length, 3),
  )
  const isNumber = head.map((_, column) => rows.every((row) => /^[\d,]+$/.test(row[column]!)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join(' | ')} |`
  const rule = widths.map((width, column) => (isNumber[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  return [line(head), line(rule), ...rows.map(line)]
}

function number(count: number): string {
  return count.toLocaleString('en-US')
}
