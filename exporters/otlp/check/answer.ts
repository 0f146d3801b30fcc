import type { Outcome } from '../../../src/exporter.ts'
import type { Finding } from './finding.ts'
import { exporterVariable } from '../signal.ts'
import type { Settings } from '../settings.ts'
import { credentialsHint, type Answer } from '../wire.ts'

/** Answers from behind the door, though not a yes: what they say of the path and the signal is another matter. */
const inside: ReadonlySet<string> = new Set(['404', '405', '410', '415', '501', 'UNIMPLEMENTED'])

/** Whether the server deals with us at all, by its answer to a request with nothing in it. */
export function authorisedBy({ outcome, status, unauthorised }: Answer, settings: Settings): Finding {
  const isRefused = outcome.status === 'blocked' && !inside.has(status ?? '')
  if (status !== undefined && !unauthorised && !isRefused) {
    return { ok: true, detail: `answered ${status} to an empty request` }
  }
  const hint = credentialsHint(settings)
  const detail = reasonOf(outcome)
  return detail.endsWith(`; ${hint}`)
    ? { ok: false, detail: detail.slice(0, -hint.length - 2), advice: hint }
    : { ok: false, detail }
}

/** What became of a test; `where` it is to be found, if anywhere. */
export function takenBy({ outcome }: Answer, { signal }: Settings, where: string | undefined): Finding {
  switch (outcome.status) {
    case 'delivered':
      if ((outcome.rejected ?? 0) > 0) return { ok: false, detail: `refused: ${reasonOf(outcome)}` }
      return {
        ok: true,
        detail: [where ?? 'taken', ...(outcome.reason ? [`it says: ${outcome.reason}`] : [])].join('; '),
      }
    case 'unsupported': {
      const silence = `${exporterVariable(signal)}=none silences this`
      return { ok: undefined, detail: `this backend takes no ${signal}, so none are sent (${silence})` }
    }
    default:
      return { ok: false, detail: reasonOf(outcome) }
  }
}

function reasonOf({ reason = 'no reason given' }: Outcome): string {
  return reason
}
