import { EvalspanError } from '../../../src/exporter.ts'
import { JaegerQuery } from './jaeger.ts'
import { knownTemplate, traceIdPlaceholder } from './known-backends.ts'
import { maskUrl } from '../mask-url.ts'
import { isPrivateHost } from './private-host.ts'

const variable = 'EVALSPAN_TRACE_URL'
/** A link is no reason to wait. */
const probeMs = 500
/** Where Jaeger takes OTLP, as do others. */
const otlpPorts: ReadonlySet<string> = new Set(['4317', '4318'])

export interface TraceLinksOptions {
  /** Where traces are sent. */
  readonly url: URL
  /** Takes the place of what is known of backends. */
  readonly template: string | undefined
}

/** Links to pages for people about traces: by the user's template, by the endpoint, or of a Jaeger on the same host. */
export class TraceLinks {
  /** The variable that is set, if any, for people. */
  readonly variables: readonly string[]
  readonly #url: URL
  readonly #known: string | undefined
  #probe: Promise<JaegerQuery | undefined> | undefined

  constructor({ url, template }: TraceLinksOptions) {
    this.variables = template === undefined ? [] : [`${variable}=${maskUrl(template)}`]
    this.#url = url
    this.#known = template ?? knownTemplate(url)
  }

  /** Looks for a Jaeger when it is asked for the first time, and no further than in private networks. */
  async linkTo(traceId: string): Promise<string | undefined> {
    if (this.#known !== undefined) return fill(this.#known, traceId)
    if (!otlpPorts.has(this.#url.port)) return undefined
    this.#probe ??= probe(this.#url.hostname)
    const jaeger = await this.#probe
    return jaeger && fill(jaeger.template, traceId)
  }

  /** The Jaeger that the links lead to, wherever it is. */
  async findJaeger(timeoutMs: number, signal?: AbortSignal): Promise<JaegerQuery | undefined> {
    if (this.#known !== undefined) return await JaegerQuery.behind(this.#known, timeoutMs, signal)
    if (!otlpPorts.has(this.#url.port)) return undefined
    const jaeger = await JaegerQuery.on(this.#url.hostname, timeoutMs, signal)
    if (jaeger) this.#probe = Promise.resolve(jaeger)
    return jaeger
  }
}

/** The user's template of links. Throws an `EvalspanError` for one that has no place for the trace. */
export function readTraceUrl(environment: NodeJS.ProcessEnv): string | undefined {
  const template = environment[variable]?.trim()
  if (!template) return undefined
  if (template.includes(traceIdPlaceholder)) return template
  const example = `http://localhost:16686/trace/${traceIdPlaceholder}`
  throw new EvalspanError('BAD_OPTION', `${variable} has no ${traceIdPlaceholder} in it: write it like ${example}`)
}

async function probe(hostname: string): Promise<JaegerQuery | undefined> {
  const timeout = AbortSignal.timeout(probeMs)
  const tooLate = new Promise<undefined>((resolve) => {
    timeout.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  const find = async (): Promise<JaegerQuery | undefined> =>
    (await isPrivateHost(hostname)) ? await JaegerQuery.on(hostname, probeMs, timeout) : undefined
  return await Promise.race([tooLate, find().catch(() => undefined)])
}

/** Without a password: who opens the page is asked for it. */
function fill(template: string, traceId: string): string {
  return template.replace(/\/\/[^/?#]*@/, '//').replaceAll(traceIdPlaceholder, () => traceId)
}
