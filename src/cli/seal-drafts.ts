import { sealedDigest } from '../delivery/index.ts'
import type { OpenDelivery } from '../session/open-delivery.ts'
import { sealedDraft } from '../telemetry/finish.ts'
import { fromMilliseconds } from '../time.ts'
import type { CliContext } from './context.ts'
import { tell } from './tell.ts'

/** A commit has its price, and blocks others meanwhile. */
const atOnce = 100

/** Closes spans whose processes are gone, as incomplete; they end with the last that is known of their trace. */
export async function sealDrafts(context: CliContext, { delivery, sinks }: OpenDelivery): Promise<void> {
  if (!sinks.some((sink) => sink.enabled() && sink.takes.includes('span'))) {
    // They would count as seen, and go nowhere.
    tell(context, '--seal: no destination for spans is on, so nothing is closed')
    return
  }
  const drafts = await delivery.store.lostDrafts()
  for (let from = 0; from < drafts.length && !context.interrupt.aborted; from += atOnce) {
    const some = drafts.slice(from, from + atOnce)
    // oxlint-disable-next-line no-await-in-loop -- one after another, as there is room
    await delivery.commit(
      some.map(({ json, last }) => ({ ...sealedDraft(json, fromMilliseconds(last)), digest: sealedDigest })),
    )
    // oxlint-disable-next-line no-await-in-loop
    await delivery.room()
  }
}
