import { addAbortSignal, type Readable } from 'node:stream'
import { FileError, replaced } from './file-error.ts'
import { isEmpty } from './local-file.ts'
import type { LogFile } from './log-file.ts'
import { isListed } from './log-names.ts'
import { RangedFile } from './ranged-file.ts'
import { patience, retrying } from './retrying.ts'
import type { FileInfo, ListedFile, PathInfo, Store } from './store.ts'

export interface ObjectName {
  readonly bucket: string
  readonly key: string
}

/** A part of an object, on its way. */
export interface ObjectPart {
  /** Of the whole object, in bytes. */
  readonly size: number
  readonly version: string
  readonly body: Readable
}

export interface ReadOptions {
  readonly start: number
  /** Exclusive. */
  readonly end: number
  /** Of an earlier answer: it is an error when there is another one by now. */
  readonly version?: string | undefined
  readonly signal: AbortSignal
}

export interface ObjectInfo extends FileInfo {
  readonly key: string
}

/** What a library for objects in buckets has to do. It tries again by itself where an answer may come later. */
export interface ObjectClient {
  read(name: ObjectName, options: ReadOptions): Promise<ObjectPart>
  /** Undefined when there is none. */
  stat(name: ObjectName): Promise<FileInfo | undefined>
  /** Objects whose key begins with the prefix; `limit` of them are enough. */
  list(bucket: string, prefix: string, limit?: number): AsyncIterable<ObjectInfo>
  /** What an error of the library means to a user. */
  explain(error: unknown, bucket: string): FileError
}

export interface ObjectStoreOptions {
  /** For an answer, and between two pieces of it. */
  readonly silenceMs?: number
}

/** What is asked for first; many a log has no more. */
const headSize = 64 * 1024

/** A store of objects in buckets: `scheme://bucket/key`, where a key is what it is, without escapes. */
export class ObjectStore implements Store {
  readonly #client: ObjectClient
  readonly #silenceMs: number

  constructor(client: ObjectClient, { silenceMs = 60_000 }: ObjectStoreOptions = {}) {
    this.#client = client
    this.#silenceMs = silenceMs
  }

  async open(path: string): Promise<LogFile> {
    const name = parse(path)
    if (name.key === '') throw new FileError('is a bucket, not a log; name one of the files in it')
    const { size, version, head } = await retrying(patience, undefined, async () => {
      const part = await this.#read(name, { start: 0, end: headSize, signal: never }).catch((error: unknown) => {
        // There is no first byte.
        throw error instanceof FileError && error.status === 416 ? new FileError(isEmpty) : error
      })
      return { ...part, head: Buffer.concat(await Array.fromAsync(part.chunks)) }
    })
    if (size === 0) throw new FileError(isEmpty)
    const stream = async function* (this: ObjectStore, start: number, end: number, signal: AbortSignal) {
      const part = await this.#read(name, { start, end, version, signal })
      if (part.size !== size || part.version !== version) {
        part.body.destroy()
        throw new FileError(replaced)
      }
      yield* part.chunks
    }
    return new RangedFile({ path, size, stream: stream.bind(this) }, { head })
  }

  async stat(path: string): Promise<PathInfo | undefined> {
    const { bucket, key } = parse(path)
    const isFolder = key === '' || key.endsWith('/')
    let problem: unknown
    try {
      const found = isFolder ? undefined : await this.#answer(bucket, this.#client.stat({ bucket, key }))
      if (found) return found
    } catch (error) {
      problem = error
    }
    // Where something is wrong, the list says more of it than an answer without a body.
    for await (const _ of this.#objects(bucket, folderPrefix(key), 1)) return { kind: 'folder' }
    if (problem !== undefined) throw problem
    return undefined
  }

  async *list(folder: string): AsyncGenerator<ListedFile> {
    const { bucket, key: start } = parse(folder)
    const prefix = folderPrefix(start)
    const place = folder.slice(0, folder.length - start.length).replace(/\/*$/, '/')
    for await (const { key, ...info } of this.#objects(bucket, prefix)) {
      if (isListed(key.slice(prefix.length))) yield { path: `${place}${key}`, ...info }
    }
  }

  async *#objects(bucket: string, prefix: string, limit?: number): AsyncGenerator<ObjectInfo> {
    const objects = this.#client.list(bucket, prefix, limit)[Symbol.asyncIterator]()
    try {
      for (;;) {
        const { done, value } = await this.#answer(bucket, objects.next())
        if (done) return
        yield value
      }
    } finally {
      // Without waiting: what does not answer does not end either.
      objects.return?.().catch(() => {})
    }
  }

  async #read(name: ObjectName, options: ReadOptions) {
    const silence = new AbortController()
    const signal = AbortSignal.any([options.signal, silence.signal])
    try {
      const part = await this.#answer(name.bucket, this.#client.read(name, { ...options, signal }))
      return { ...part, chunks: this.#chunks(part.body, name.bucket, options.signal) }
    } catch (error) {
      silence.abort()
      throw error
    }
  }

  /** Not every library has a limit of its own. What failed is not tried again: they did that. */
  async #answer<T>(bucket: string, promise: Promise<T>): Promise<T> {
    const { promise: silence, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(reject, this.#silenceMs, stopped)
    try {
      return await Promise.race([promise, silence])
    } catch (error) {
      const { message, status } = this.#client.explain(error, bucket)
      throw new FileError(message, { cause: error, status })
    } finally {
      clearTimeout(timer)
    }
  }

  async *#chunks(body: Readable, bucket: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const timer = setTimeout(() => body.destroy(stopped), this.#silenceMs)
    addAbortSignal(signal, body)
    try {
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        timer.refresh()
        yield chunk
      }
    } catch (error) {
      if (signal.aborted || error instanceof FileError) throw error
      // What breaks off in the middle, the library does not ask for again.
      const reason = this.#client.explain(error, bucket)
      throw reason.status === undefined ? new FileError(reason.message, { cause: error, mayPass: true }) : reason
    } finally {
      clearTimeout(timer)
    }
  }
}

const never = new AbortController().signal
const stopped = new FileError('the server gave no answer in time; try later', { mayPass: true })

function parse(path: string): ObjectName {
  const [, bucket = '', key = ''] = /^[^:]+:\/\/([^/]*)\/?(.*)$/s.exec(path) ?? []
  if (bucket === '') throw new FileError('names no bucket; write scheme://bucket/folder/name')
  return { bucket, key }
}

function folderPrefix(key: string): string {
  return key === '' ? '' : key.replace(/\/*$/, '/')
}
