import type { Finding } from './finding.ts'
import type { JaegerQuery } from '../links/jaeger.ts'

/** What a server says it is: Phoenix in a header of its own (`x-phoenix-server-version`), Jaeger on its page. */
export async function checkVersion(
  headers: Readonly<Record<string, string>>,
  jaeger: JaegerQuery | undefined,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Finding> {
  const phoenix = headers['x-phoenix-server-version']
  const { server } = headers
  const jaegerVersion = await jaeger?.version(timeoutMs, signal)
  const found = [
    ...(phoenix ? [`Phoenix ${phoenix}`] : []),
    ...(jaeger ? [`Jaeger${jaegerVersion ? ` ${jaegerVersion}` : ''} (${jaeger.base})`] : []),
    ...(server ? [server] : []),
  ]
  return found.length > 0 ? { ok: true, detail: found.join(', ') } : { ok: undefined, detail: 'it does not say' }
}
