import { Readable } from 'node:stream'
import type { FileMetadata } from '@google-cloud/storage'
import { messageOf } from '../errors.ts'
import { FileError, notFound, replaced, unreached } from './file-error.ts'
import { loadPeer } from '../load-peer.ts'
import type { ObjectClient } from './object-store.ts'
import type { FileInfo } from './store.ts'

/**
 * Google Cloud Storage, by Google's own client: credentials come from `GOOGLE_APPLICATION_CREDENTIALS` or from what
 * `gcloud auth application-default login` left, as Google documents them; `STORAGE_EMULATOR_HOST` is an emulator.
 */
export async function openGcs(): Promise<ObjectClient> {
  const library = await loadPeer('gs://', '@google-cloud/storage', () => import('@google-cloud/storage'))
  const storage = new library.Storage({ retryOptions: { maxRetries: 2, totalTimeout: 60 } })
  const emulator = process.env['STORAGE_EMULATOR_HOST']
  // Other clients of Google take the host alone.
  if (emulator && /^https?:\/\/[^/]+\/?$/.test(emulator)) storage.baseUrl = `${emulator.replace(/\/$/, '')}/storage/v1`
  const find = async (bucket: string, key: string): Promise<Metadata> =>
    (await storage.bucket(bucket).file(key).getMetadata())[0]
  return {
    async read({ bucket, key }, { start, end, version }) {
      const [generation, total] = version?.split('-') ?? partsOf(await find(bucket, key))
      const size = Number(total)
      if (size === 0) return { size, version: `${generation}-0`, body: Readable.from([]) }
      const file = storage.bucket(bucket).file(key, { generation: generation! })
      const range = { start, end: Math.min(end, size) - 1 }
      const body = file.createReadStream({ ...range, validation: false, decompress: false })
      // The library listens to what comes in so often that Node warns of a leak.
      body.on('response', (response: { readonly body?: Partial<Readable> }) => response.body?.setMaxListeners?.(20))
      return { size, version: `${generation}-${size}`, body }
    },
    async stat({ bucket, key }) {
      try {
        return toInfo(await find(bucket, key))
      } catch (error) {
        if ((error as ServiceError).code === 404) return undefined
        throw error
      }
    },
    async *list(bucket, prefix, limit) {
      const objects = storage.bucket(bucket).getFilesStream({
        prefix,
        fields: 'items(name,size,generation,updated),nextPageToken',
        ...(limit !== undefined && { maxResults: limit }),
      })
      try {
        // With `fields` they come as the service has them.
        for await (const { name = '', ...metadata } of objects as AsyncIterable<FileMetadata>) {
          yield { key: name, ...toInfo(metadata) }
        }
      } catch (error) {
        if ((error as ServiceError).code !== 404) throw error
        throw new FileError(`there is no bucket ${bucket}; check its name`, { cause: error, status: 404 })
      }
    },
    explain,
  }
}

type Metadata = Pick<FileMetadata, 'generation' | 'size' | 'updated'>

function partsOf({ generation = '', size = 0 }: Metadata): [generation: string, size: string] {
  return [String(generation), String(size)]
}

function toInfo(metadata: Metadata): FileInfo {
  const [generation, size] = partsOf(metadata)
  const modifiedMs = Date.parse(metadata.updated ?? '')
  return { kind: 'file', size: Number(size), version: `${generation}-${size}`, modifiedMs }
}

interface ServiceError extends Error {
  /** A status, or the name of an error of the network. */
  readonly code?: number | string
}

function explain(error: unknown, bucket: string): FileError {
  if (error instanceof FileError) return error
  const message = messageOf(error)
  const code = Number((error as ServiceError).code)
  if (/credential|invalid_grant|service account/i.test(message)) {
    const how = 'set GOOGLE_APPLICATION_CREDENTIALS, or run gcloud auth application-default login'
    return new FileError(`there are no usable credentials for Google Cloud (${message}); ${how}`, {
      cause: error,
      status: 401,
    })
  }
  if (!(code >= 100)) return unreached('Google Cloud Storage', error)
  const reason = reasons[code] ?? `Google Cloud Storage answered ${code}: ${message}`
  return new FileError(reason.replace('BUCKET', bucket), { cause: error, status: code })
}

const reasons: { readonly [status: number]: string } = {
  401: 'Google Cloud refused the credentials; check GOOGLE_APPLICATION_CREDENTIALS, or log in again',
  403: 'access is forbidden; check that these credentials may read and list the bucket BUCKET',
  404: notFound,
  412: replaced,
  416: replaced,
}
