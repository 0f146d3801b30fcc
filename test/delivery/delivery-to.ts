import { Delivery, type DeliveryOptions } from '../../src/delivery/delivery.ts'
import type { Outcome, Sink } from '../../src/delivery/item.ts'
import type { DestinationReport } from '../../src/delivery/report.ts'

/** A delivery in a hurry. */
export function deliveryTo(sinks: readonly Sink[], options: DeliveryOptions = {}): Delivery {
  return new Delivery({ sinks, flushTimeoutMs: 300, lingerMs: 5, random: () => 0, ...options })
}

/** The account of the one destination. */
export async function only(delivery: Delivery): Promise<DestinationReport> {
  return (await delivery.report()).destinations[0]!
}

/** A backend that never answers. */
export const hanging = (): Promise<Outcome> => new Promise(() => {})
