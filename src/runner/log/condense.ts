import type { Fields } from '../../inspect/fields.ts'
import type { EvalSample } from '../../inspect/records.ts'
import { Attachments } from './attachments.ts'
import { EventCondenser } from './event-condenser.ts'
import { messageWalker, walkList } from './walk.ts'

/**
 * A sample as Inspect's logs have it (`log/_condense.py`, 0.3.285): long texts of events are attachments, and the
 * messages of model inputs and raw calls are in pools, so that what an agent says over and over is there once. The
 * sample itself stays as it is. Without `logImages` pictures and the like are left out, for good.
 */
export function condenseSample(sample: EvalSample, logImages = true): Fields {
  const attachments = new Attachments(sample.attachments, logImages)
  const condenser = new EventCondenser(attachments)
  const walkMessage = messageWalker(attachments.inMessage)
  const condensed = {
    ...sample,
    input: walkList(sample.input, walkMessage),
    messages: walkList(sample.messages, walkMessage),
    events: sample.events.map((event) => condenser.pooled(event)),
    error_retries: sample.error_retries?.map(({ events, ...error }) => ({
      ...error,
      events: events?.map((event) => condenser.walked(event)),
    })),
    events_data: { messages: condenser.messages.items, calls: condenser.calls.items },
  }
  return { ...condensed, attachments: attachments.usedBy(condensed) }
}
