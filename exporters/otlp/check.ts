import { messageOf, type Check } from '../../src/exporter.ts'
import { authorisedBy, takenBy } from './check/answer.ts'
import { checkClock, type Exchange } from './check/clock.ts'
import { checkName } from './check/name.ts'
import { checkReached } from './check/reached.ts'
import { checkVersion } from './check/version.ts'
import type { Finding } from './check/finding.ts'
import type { JaegerQuery } from './links/jaeger.ts'
import { proxyFor } from './check/proxy.ts'
import { readBack, readBackMs } from './check/read-back.ts'
import type { Settings } from './settings.ts'
import type { TraceLinks } from './links/trace-links.ts'
import { TooLate, within } from './check/within.ts'
import type { Answer, Wire } from './wire.ts'

export interface CheckOptions {
  readonly settings: Settings
  readonly wire: Wire
  /** A request with nothing in it. */
  readonly empty: () => Uint8Array
  /** A request with something small in it that people recognise. */
  readonly test: () => Uint8Array
  /** The trace that is in `test`. */
  readonly trace?: { readonly id: string; readonly links: TraceLinks } | undefined
}

const nameMs = 3_000
const answerMs = 5_000
/** What may be behind a silence. */
const silence: Partial<Record<Check['what'], string>> = {
  name: 'does this machine reach its name server?',
  reached: 'is there a firewall in between, or no TLS at this port?',
  authorised: 'is it a port for this protocol? (OTEL_EXPORTER_OTLP_PROTOCOL)',
}
const lookMs = 1_000
const spareMs = 1_000

/** Checks one sink of OTLP, step by step; a step that depends on a failed one is not asked. Never rejects. */
export async function checkSink(options: CheckOptions, signal: AbortSignal): Promise<readonly Check[]> {
  const { settings, wire, trace } = options
  const { url, endpointVariable } = settings
  const proxy = proxyFor(url, settings.protocol, process.env)
  const place = proxy ? 'the variable of the proxy' : endpointVariable
  const steps = new Steps(signal)
  let exchange: (Exchange & { readonly answer: Answer }) | undefined
  let jaeger: JaegerQuery | undefined

  const variables = [...settings.variables, ...(trace?.links.variables ?? [])]
  steps.note('variables', { ok: true, detail: variables.join(', ') || `none; ${url.origin} by default` })
  const named = await steps.ask('name', true, nameMs, () => checkName((proxy ?? url).hostname, place))
  const reached = await steps.ask('reached', named, answerMs, (until) => checkReached(settings, proxy, until))
  const authorised = await steps.ask('authorised', reached, answerMs, async (until) => {
    const sent = Date.now()
    const answer = await wire.send(options.empty(), until)
    exchange = { answer, sent, answered: Date.now(), headers: answer.headers }
    return authorisedBy(answer, settings)
  })
  const isThere = exchange?.answer.status !== undefined
  await steps.ask('clock', isThere, answerMs, () => Promise.resolve(checkClock(exchange!)))
  await steps.ask('version', isThere, answerMs, async (until) => {
    jaeger = await trace?.links.findJaeger(lookMs, until)
    return await checkVersion(exchange!.headers, jaeger, lookMs, until)
  })
  const taken = await steps.ask(testNames[settings.signal], authorised, answerMs, async (until) => {
    const answer = await wire.send(options.test(), until)
    return takenBy(answer, settings, trace && ((await trace.links.linkTo(trace.id)) ?? `trace ${trace.id}`))
  })
  if (trace) {
    await steps.ask('read back', taken, readBackMs + spareMs, (until) => readBack(jaeger, trace.id, until))
  }
  return steps.checks
}

const testNames = { traces: 'test span', logs: 'test record', metrics: 'test metric' } as const

/** Takes down what was found, one thing after another. */
class Steps {
  readonly checks: Check[] = []
  readonly #signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  note(what: Check['what'], finding: Finding): void {
    this.checks.push({ what, ...finding })
  }

  /** Whether what depends on it can be asked. */
  async ask(
    what: Check['what'],
    canBeAsked: boolean,
    timeoutMs: number,
    act: (signal: AbortSignal) => Promise<Finding>,
  ): Promise<boolean> {
    const finding: Finding = canBeAsked
      ? await within(timeoutMs, this.#signal, act).catch((error: unknown) => failureOf(what, error))
      : { ok: undefined, detail: 'not asked' }
    this.note(what, finding)
    return canBeAsked && finding.ok !== false
  }
}

function failureOf(what: Check['what'], error: unknown): Finding {
  const advice = error instanceof TooLate ? silence[what] : undefined
  return { ok: false, detail: messageOf(error), ...(advice !== undefined && { advice }) }
}
