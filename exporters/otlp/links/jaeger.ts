import { get } from './get.ts'
import { traceIdPlaceholder } from './known-backends.ts'

const queryPort = 16686
const page = `/trace/${traceIdPlaceholder}`

/**
 * The query service of a Jaeger (https://www.jaegertracing.io/docs/latest/apis/: port 16686; its JSON API is the one its
 * own page uses, and has been the same in versions 1 and 2).
 */
export class JaegerQuery {
  /** Without a slash at the end. */
  readonly base: string

  private constructor(base: string) {
    this.base = base
  }

  /** The one on a host, where its default port answers like a Jaeger. */
  static on(hostname: string, timeoutMs: number, signal?: AbortSignal): Promise<JaegerQuery | undefined> {
    return JaegerQuery.#at(`http://${hostname}:${queryPort}`, timeoutMs, signal)
  }

  /** The one that a template of links leads to. */
  static async behind(template: string, timeoutMs: number, signal?: AbortSignal): Promise<JaegerQuery | undefined> {
    if (!template.endsWith(page) || !URL.canParse(template)) return undefined
    return await JaegerQuery.#at(template.slice(0, -page.length), timeoutMs, signal)
  }

  /** Of links to its page about a trace (jaeger-ui: `ROUTE_PATH` of `TracePage`). */
  get template(): string {
    return this.base + page
  }

  /** How many spans it has of a trace; undefined when it does not say. */
  async countSpans(traceId: string, timeoutMs: number, signal?: AbortSignal): Promise<number | undefined> {
    const response = await get(new URL(`${this.base}/api/traces/${traceId}`), timeoutMs, signal)
    if (response?.status === 404) return 0
    if (response?.status !== 200) return undefined
    const { data } = (parseJson(response.body) ?? {}) as { data?: readonly { spans?: readonly unknown[] }[] | null }
    return data?.[0]?.spans?.length ?? 0
  }

  /** As its page shows it. */
  async version(timeoutMs: number, signal?: AbortSignal): Promise<string | undefined> {
    const response = await get(new URL(`${this.base}/`), timeoutMs, signal)
    return /"gitVersion":\s*"([^"]+)"/.exec(response?.body.toString() ?? '')?.[1]
  }

  static async #at(base: string, timeoutMs: number, signal?: AbortSignal): Promise<JaegerQuery | undefined> {
    const response = await get(new URL(`${base}/api/services`), timeoutMs, signal)
    const content = response?.status === 200 ? parseJson(response.body) : undefined
    if (!content || typeof content['total'] !== 'number' || !('data' in content)) return undefined
    return new JaegerQuery(base)
  }
}

function parseJson(body: Buffer): Record<string, unknown> | undefined {
  try {
    const content: unknown = JSON.parse(body.toString())
    return typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
