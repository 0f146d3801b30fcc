import type { Resource } from '@opentelemetry/resources'
import { EvalspanError } from '../errors.ts'

/**
 * What tells this service from others: `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` over the SDK's own
 * `telemetry.sdk.*`. The service is called `evalspan` unless named. `mask` takes secrets out of what was given.
 */
export async function resourceFromEnvironment(mask: <T>(data: T) => T = (data) => data): Promise<Resource> {
  const {
    defaultResource,
    detectResources,
    resourceAttributesEnvDetector,
    resourceFromAttributes,
    serviceNameEnvDetector,
  } = await import('@opentelemetry/resources')
  const given = process.env['OTEL_RESOURCE_ATTRIBUTES']?.trim()
  const { attributes } = detectResources({ detectors: [resourceAttributesEnvDetector] })
  // The detector gives up on all pairs when one is malformed, and says so only to a logger nobody sees.
  if (given && given.replaceAll(',', '').trim() !== '' && Object.keys(attributes).length === 0) {
    throw new EvalspanError(
      'BAD_OPTION',
      `OTEL_RESOURCE_ATTRIBUTES cannot be read: write name=value pairs with commas between them, percent-encoded`,
    )
  }
  const named = detectResources({ detectors: [serviceNameEnvDetector] })
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'evalspan' }))
    .merge(resourceFromAttributes(mask({ ...attributes, ...named.attributes })))
}
