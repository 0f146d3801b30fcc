import { HttpTransport, type HttpResponse } from '../../../src/exporter.ts'

/** One GET without credentials; undefined when no answer comes in time. */
export async function get(url: URL, timeoutMs: number, signal?: AbortSignal): Promise<HttpResponse | undefined> {
  const transport = await HttpTransport.open()
  try {
    return await transport.post({ method: 'GET', url, headers: {}, body: new Uint8Array(), timeoutMs, signal })
  } catch {
    return undefined
  } finally {
    await transport.close()
  }
}
