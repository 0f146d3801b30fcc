/** Placeholder of a template for links. */
export const traceIdPlaceholder = '{trace_id}'

/**
 * The template of links to traces, for backends that their endpoint alone gives away.
 *
 * - Langfuse: https://langfuse.com/integrations/native/opentelemetry has the endpoint `/api/public/otel`; its page
 *   `/trace/ID` (web/src/pages/trace/[traceId].tsx) finds the project by itself.
 * - Phoenix Cloud: https://arize.com/docs/phoenix/get-started/get-started-tracing has the endpoint
 *   `https://app.phoenix.arize.com/s/SPACE`; its route `/redirects/traces/ID` (app/src/Routes.tsx) finds the project.
 * - Datadog: https://docs.datadoghq.com/opentelemetry/setup/otlp_ingest/traces/ and the list of its sites and pages in
 *   https://docs.datadoghq.com/getting_started/site/.
 */
export function knownTemplate({ protocol, host, hostname, pathname }: URL): string | undefined {
  const langfuse = /^(.*)\/api\/public\/otel(?:\/|$)/.exec(pathname)
  if (langfuse) return `${protocol}//${host}${langfuse[1]}/trace/${traceIdPlaceholder}`
  if (hostname === 'app.phoenix.arize.com') {
    return `${protocol}//${host}${basePath(pathname)}/redirects/traces/${traceIdPlaceholder}`
  }
  const datadog = datadogPages.get(hostname.replace(/^(?:otlp|trace\.agent)\./, ''))
  if (datadog !== undefined && hostname !== datadog) return `https://${datadog}/apm/trace/${traceIdPlaceholder}`
  return undefined
}

/** By site, which is what the name of an intake host ends in. */
const datadogPages: ReadonlyMap<string, string> = new Map([
  ['datadoghq.com', 'app.datadoghq.com'],
  ['us3.datadoghq.com', 'us3.datadoghq.com'],
  ['us5.datadoghq.com', 'us5.datadoghq.com'],
  ['datadoghq.eu', 'app.datadoghq.eu'],
  ['ap1.datadoghq.com', 'ap1.datadoghq.com'],
  ['ap2.datadoghq.com', 'ap2.datadoghq.com'],
  ['ddog-gov.com', 'app.ddog-gov.com'],
])

/** What comes before `/v1/traces` in the path of an endpoint. */
function basePath(pathname: string): string {
  return pathname.replace(/(?:\/v1\/traces)?\/*$/, '')
}
