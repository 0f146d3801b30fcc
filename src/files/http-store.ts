import { downloadedFile } from './downloaded-file.ts'
import { FileError, replaced, unreached } from './file-error.ts'
import { discard, httpGet, type HttpAnswer, type HttpLimits } from './http-client.ts'
import { isEmpty } from './local-file.ts'
import type { LogFile } from './log-file.ts'
import { RangedFile, type RangeSource } from './ranged-file.ts'
import { patience, retrying, type Patience } from './retrying.ts'
import type { FileInfo, Store } from './store.ts'

export type HttpStoreOptions = HttpLimits & Patience

const defaults: HttpStoreOptions = { ...patience, timeoutMs: 30_000 }
/** What is asked for first; many a log has no more. */
const headSize = 64 * 1024

/** Web servers. They tell no folders; where one gives no ranges, a log is read whole once. */
export function createHttpStore(options: Partial<HttpStoreOptions> = {}): Store {
  const limits = { ...defaults, ...options }
  return {
    open: (path) => retrying(limits, undefined, () => open(path, limits)),
    stat: (path) => retrying(limits, undefined, () => stat(path, limits)),
    // oxlint-disable-next-line require-yield -- it has nothing to tell
    async *list() {
      throw new FileError('a web server does not tell which logs it has; name each one')
    },
  }
}

export const httpStore: Store = createHttpStore()

async function open(path: string, limits: HttpStoreOptions): Promise<LogFile> {
  const answer = await getRange(parse(path), 0, headSize, {}, undefined, limits).catch((error: unknown) => {
    // There is no first byte.
    throw error instanceof FileError && error.status === 416 ? new FileError(isEmpty) : error
  })
  if (answer.status !== 206) return downloadedFile(path, answer)
  const size = totalOf(answer)
  if (size === undefined || answer.headers['content-encoding'] !== undefined) {
    discard(answer)
    return downloadedFile(path, await httpGet(parse(path), {}, undefined, limits))
  }
  const head = await readWhole(answer)
  if (head.length !== Math.min(size, headSize)) throw new FileError(replaced, { mayPass: true })
  return new RangedFile(new HttpSource(path, size, answer, limits), { ...limits, head })
}

async function stat(path: string, limits: HttpStoreOptions): Promise<FileInfo | undefined> {
  try {
    const answer = await getRange(parse(path), 0, 1, {}, undefined, limits)
    discard(answer)
    const size = answer.status === 206 ? totalOf(answer) : lengthOf(answer)
    return toInfo(size, answer)
  } catch (error) {
    if (FileError.isMissing(error)) return undefined
    if (error instanceof FileError && error.status === 416) return toInfo(0, undefined)
    throw error
  }
}

class HttpSource implements RangeSource {
  readonly path: string
  readonly size: number
  readonly #limits: HttpLimits
  readonly #version: string
  readonly #condition: { readonly 'if-match'?: string }
  #url: URL

  constructor(path: string, size: number, answer: HttpAnswer, limits: HttpLimits) {
    const { etag } = answer.headers
    this.path = path
    this.size = size
    this.#limits = limits
    this.#version = versionOf(answer)
    // Weak ones never match.
    this.#condition = etag?.startsWith('"') ? { 'if-match': etag } : {}
    this.#url = answer.url
  }

  async *stream(start: number, end: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const answer = await this.#get(start, end, signal)
    if (answer.status !== 206 || totalOf(answer) !== this.size || versionOf(answer) !== this.#version) {
      discard(answer)
      throw new FileError(replaced)
    }
    try {
      yield* answer.body
    } catch (error) {
      throw signal.aborted ? error : unreached(answer.url.host, error)
    }
  }

  async #get(start: number, end: number, signal: AbortSignal): Promise<HttpAnswer> {
    try {
      return await getRange(this.#url, start, end, this.#condition, signal, this.#limits)
    } catch (error) {
      // What a redirect led to is often good for minutes only.
      const original = parse(this.path)
      if (this.#url.href === original.href || !(error instanceof FileError) || error.mayPass) throw error
      const answer = await getRange(original, start, end, this.#condition, signal, this.#limits)
      this.#url = answer.url
      return answer
    }
  }
}

async function getRange(
  url: URL,
  start: number,
  end: number,
  headers: { readonly [name: string]: string },
  signal: AbortSignal | undefined,
  limits: HttpLimits,
): Promise<HttpAnswer> {
  return httpGet(url, { ...headers, range: `bytes=${start}-${end - 1}` }, signal, limits)
}

function parse(path: string): URL {
  if (!URL.canParse(path)) throw new FileError('is no usable URL; check it')
  return new URL(path)
}

/** Of the whole file, by the answer to a request for a part of it. */
function totalOf({ headers }: HttpAnswer): number | undefined {
  const [, total] = /^bytes \d+-\d+\/(\d+)$/.exec(headers['content-range'] ?? '') ?? []
  return total === undefined ? undefined : Number(total)
}

function lengthOf({ headers }: HttpAnswer): number | undefined {
  const length = headers['content-length']
  return length === undefined || headers['content-encoding'] !== undefined ? undefined : Number(length)
}

function versionOf({ headers }: HttpAnswer): string {
  return headers['etag'] ?? headers['last-modified'] ?? ''
}

function toInfo(size: number | undefined, answer: HttpAnswer | undefined): FileInfo {
  const modifiedMs = Date.parse(answer?.headers['last-modified'] ?? '')
  return {
    kind: 'file',
    size,
    version: `${answer ? versionOf(answer) : ''}-${size}`,
    modifiedMs: Number.isNaN(modifiedMs) ? undefined : modifiedMs,
  }
}

async function readWhole({ body, url }: HttpAnswer): Promise<Buffer> {
  try {
    return Buffer.from(await body.arrayBuffer())
  } catch (error) {
    throw unreached(url.host, error)
  }
}
