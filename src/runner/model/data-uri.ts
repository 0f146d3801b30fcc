/** What a data URI holds. */
export interface DataUri {
  readonly mediaType: string
  readonly base64: string
}

const form = /^data:([^;,]*)((?:;[^;,]*)*),(.*)$/s

/** Reads a data URI; undefined for anything else. */
export function parseDataUri(uri: string): DataUri | undefined {
  const match = form.exec(uri)
  if (!match) return undefined
  const [, mediaType, parameters, payload] = match
  const base64 = parameters!.toLowerCase().split(';').includes('base64')
    ? payload!
    : Buffer.from(decodeURIComponent(payload!), 'utf8').toString('base64')
  return { mediaType: mediaType === '' ? 'text/plain' : mediaType!, base64 }
}

/** The data URI of a file that a model made, which is base64 or bytes; undefined when it is neither. */
export function toDataUri(mediaType: string, data: unknown): string | undefined {
  if (typeof data === 'string') return `data:${mediaType};base64,${data}`
  if (data instanceof Uint8Array) return `data:${mediaType};base64,${Buffer.from(data).toString('base64')}`
  return undefined
}
