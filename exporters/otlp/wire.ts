import type { Outcome } from '../../src/exporter.ts'
import type { Codec } from './codec.ts'
import { keysIn, maskUrl } from './mask-url.ts'
import type { Settings } from './settings.ts'
import { exporterVariable } from './signal.ts'

/** Takes secrets out of what a server says. To be asked before the text is cut: half a secret is not recognised. */
export type Mask = (text: string) => string

/** Brings the bytes of one signal to its server and says what became of them. */
export interface Wire {
  /** Where it goes, for people: without credentials and query. */
  readonly address: string
  /** Never rejects: that no answer came is an outcome too. */
  send(bytes: Uint8Array, signal: AbortSignal): Promise<Answer>
  close(): Promise<void>
}

/** The outcome of a request, and what the answer tells about the server. */
export interface Answer {
  readonly outcome: Outcome
  /** As the server put it: an HTTP status, the name of a gRPC code. Undefined where no answer came. */
  readonly status: string | undefined
  /** The server, or a proxy before it, does not take these credentials. */
  readonly unauthorised: boolean
  /** Of the answer. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** Also takes out what of the endpoint itself is a key: nothing else says that it is one. */
export function maskFor({ url }: Settings, mask: Mask): Mask {
  const keys = keysIn(url.pathname)
  return (text) => mask(keys.reduce((rest, key) => rest.replaceAll(key, '***'), text))
}

/** Without what may be secret, for people. */
export function addressOf({ url: { origin, pathname } }: Settings, mask: Mask): string {
  return mask(maskUrl(`${origin}${pathname}`))
}

/** No server answered. */
export function noAnswer(outcome: Outcome): Answer {
  return { outcome, status: undefined, unauthorised: false, headers: {} }
}

/** The outcome of a request that the server took, though perhaps not all of it. */
export function taken(codec: Codec<never>, answer: Uint8Array, json: boolean, mask: Mask): Outcome {
  const partial = codec.readPartialSuccess(answer, json)
  if (!partial) return { status: 'delivered' }
  const { rejected, message } = partial
  return { status: 'delivered', rejected, reason: mask(message) || 'the server took a part and gave no reason' }
}

/**
 * The outcome where a server does not know what it was asked. Many trace backends take no metrics and no logs, and most
 * users name one endpoint for everything: nothing that the backend could take is lost then. Elsewhere the endpoint is
 * wrong, which is no fault of the items.
 */
export function unknown(settings: Settings, answer: string, hint: string): Outcome {
  const { signal, specific } = settings
  if (specific || signal === 'traces') return { status: 'blocked', reason: `${answer}; ${hint}` }
  const silence = `${exporterVariable(signal)}=none silences this`
  return { status: 'unsupported', reason: `${answer}; it takes no ${signal}, so none are sent (${silence})` }
}

/** What went wrong on the way to a server, with what to set where nobody vouches for its certificate. */
export function unreached(settings: Settings, reason: string): string {
  if (!/self-signed certificate|unable to (?:verify|get local issuer)/i.test(reason)) return reason
  const why = reason.replace(/; if the root CA is installed locally.*?(?= \([A-Z_]+\)$|$)/, '')
  return `${why}; if you trust it, set ${settings.certificateVariable} to a PEM file of its authority`
}

/** What to look at when the server refuses the credentials. */
export function credentialsHint({ headersVariable }: Settings): string {
  return `check ${headersVariable}`
}
