import { hookNames, toWireName } from '../../src/hooks/hooks.ts'
import type { Check } from './check.ts'
import type { Finding } from './finding.ts'
import { stringify } from '../../src/inspect/json.ts'
import { eventIn } from './fired.ts'

/** The table and what was not recorded, as Markdown. */
export function pageOf({ scenarios }: Check): string {
  const verdicts = scenarios.flatMap(({ comparison }) => comparison.verdicts)
  const rows = hookNames.map((hook) => {
    const of = verdicts.filter(({ fired }) => fired.hook === hook)
    const count = (verdict: string): number => of.filter((each) => each.verdict === verdict).length
    return `| ${toWireName(hook)} | ${of.length} | ${count('equal')} | ${count('not recorded')} | ${count('different')} |`
  })
  const reasons = Map.groupBy(
    scenarios.flatMap(({ comparison }) => comparison.notRecorded),
    ({ gap }) => gap,
  )
  return [
    '| hook | fired | equal | not recorded in a log | different |',
    '| --- | --: | --: | --: | --: |',
    ...rows,
    '',
    ...[...reasons].map(([gap, found]) => `- ${gap.name} (${found.length}): ${gap.reason}`),
  ].join('\n')
}

export function differenceLines({ scenarios }: Check): string[] {
  return scenarios.flatMap(({ scenario, comparison }) =>
    comparison.different.map((finding) => `${scenario.name}: ${lineOf(finding)}`),
  )
}

function lineOf({ kind, hook, path, live, replayed, fired }: Finding): string {
  const about = (fired.live ?? fired.replayed)!
  const { data, line } = about
  const ids = [
    fired.live ? `line ${line}` : '',
    about.sample ?? data['eval_id'] ?? data['run_id'],
    eventIn(about)['uuid'],
    data['attempt'] === undefined ? '' : `attempt ${String(data['attempt'])}`,
  ]
  return `${toWireName(hook)} [${ids.filter(Boolean).join(', ')}] ${kind} ${path}: live ${shown(live)}, replayed ${shown(replayed)}`
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : stringify(value)
  return text.length > 120 ? `${text.slice(0, 117)}...` : text
}
