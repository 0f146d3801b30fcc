import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { deliveryMetrics } from './delivery-metric.ts'
import { toMetricData } from './metric-data.ts'
import { scope } from './scope.ts'
import type { Store } from './store.ts'

/** All that was ever measured, and the accounts of the destinations that are on; `now` is in milliseconds since 1970. */
export async function collectMetrics(
  store: Store,
  isOn: (destination: string) => boolean,
  now: number,
): Promise<ResourceMetrics> {
  const metrics = await toMetricData(await store.series(), now)
  const own = await deliveryMetrics(
    (await store.report('all')).filter(({ destination }) => isOn(destination)),
    { start: await store.begun(), end: now },
  )
  const { resourceFromAttributes } = await import('@opentelemetry/resources')
  const resource = resourceFromAttributes({ 'service.instance.id': await store.instanceId() })
  const all = [...metrics, ...own]
  return { resource, scopeMetrics: all.length > 0 ? [{ scope, metrics: all }] : [] }
}
