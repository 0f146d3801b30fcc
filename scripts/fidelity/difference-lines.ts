import { toWireName } from '../../src/hooks/hooks.ts'
import { stringify } from '../../src/inspect/json.ts'
import type { Check } from './check.ts'
import type { Finding } from './finding.ts'
import { eventIn } from './fired.ts'

/** Each difference on a line: the run, the hook and whose it is, the place, and both values, shortened. */
export function differenceLines({ scenarios }: Check): string[] {
  return scenarios.flatMap(({ scenario, comparison }) =>
    comparison.different.map((finding) => `${scenario.name}: ${lineOf(finding)}`),
  )
}

function lineOf({ kind, hook, path, live, replayed, fired }: Finding): string {
  const about = (fired.live ?? fired.replayed)!
  const { sample, attempt, data, line } = about
  const ids = [
    fired.live && `line ${line}`,
    sample ? `sample ${sample}` : (data['eval_id'] ?? data['run_id'] ?? data['eval_set_id']),
    attempt > 0 && `attempt ${attempt}`,
    eventIn(about)['uuid'] && `event ${String(eventIn(about)['uuid'])}`,
  ]
  const what = `${toWireName(hook)} (${ids.filter(Boolean).join(', ')})`
  switch (kind) {
    case 'missing':
      return `${what} was fired live and not on replay: ${shown(live)}`
    case 'additional':
      return `${what} was fired on replay and not live: ${shown(replayed)}`
    case 'order':
      return `${what} at ${path}: live ${shown(live)}, replayed ${shown(replayed)}`
    default:
      return `${what}: ${path} was ${shown(live)} live, and is ${shown(replayed)} on replay`
  }
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : stringify(value)
  return text.length > 120 ? `${text.slice(0, 117)}...` : text
}
