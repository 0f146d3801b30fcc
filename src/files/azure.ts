import type { Readable } from 'node:stream'
import type { BlobServiceClient, StoragePipelineOptions } from '@azure/storage-blob'
import { EvalspanError } from '../errors.ts'
import { FileError, notFound, replaced, unreached } from './file-error.ts'
import { loadPeer } from '../load-peer.ts'
import type { ObjectClient } from './object-store.ts'
import type { FileInfo } from './store.ts'

type Library = typeof import('@azure/storage-blob')

/**
 * Azure Blob Storage, by Microsoft's own client; a bucket is a container there. Account and credentials come from the
 * variables `AZURE_STORAGE_…`, and where these hold no secret from those of `@azure/identity`.
 */
export async function openAzure(): Promise<ObjectClient> {
  const library = await loadPeer('az://', '@azure/storage-blob', () => import('@azure/storage-blob'))
  const service = await connect(library, process.env)
  return {
    async read({ bucket, key }, { start, end, version, signal }) {
      const blob = service.getContainerClient(bucket).getBlobClient(key)
      const { contentRange, contentLength, etag, readableStreamBody } = await blob.download(start, end - start, {
        abortSignal: signal,
        ...(version !== undefined && { conditions: { ifMatch: version } }),
      })
      const [, total] = /\/(\d+)$/.exec(contentRange ?? '') ?? []
      return { size: Number(total ?? contentLength), version: etag ?? '', body: readableStreamBody as Readable }
    },
    async stat({ bucket, key }) {
      try {
        const found = await service.getContainerClient(bucket).getBlobClient(key).getProperties()
        return toInfo(found)
      } catch (error) {
        if ((error as ServiceError).statusCode === 404) return undefined
        throw error
      }
    },
    async *list(bucket, prefix, limit) {
      const container = service.getContainerClient(bucket)
      const pages = container.listBlobsFlat({ prefix }).byPage(limit === undefined ? {} : { maxPageSize: limit })
      for await (const { segment } of pages) {
        for (const { name, properties } of segment.blobItems) yield { key: name, ...toInfo(properties) }
      }
    },
    explain,
  }
}

const options: StoragePipelineOptions = { retryOptions: { maxTries: 3, retryDelayInMs: 250 } }

/** The names of adlfs, which Inspect uses, and those of Azure's command line. */
async function connect(library: Library, env: NodeJS.ProcessEnv): Promise<BlobServiceClient> {
  const { BlobServiceClient: Client, StorageSharedKeyCredential: SharedKey } = library
  const connection = env['AZURE_STORAGE_CONNECTION_STRING']
  const account = env['AZURE_STORAGE_ACCOUNT_NAME'] || env['AZURE_STORAGE_ACCOUNT']
  const key = env['AZURE_STORAGE_ACCOUNT_KEY'] || env['AZURE_STORAGE_KEY']
  const signature = env['AZURE_STORAGE_SAS_TOKEN']
  if (connection)
    return usable('AZURE_STORAGE_CONNECTION_STRING', () => Client.fromConnectionString(connection, options))
  if (!account) {
    throw new EvalspanError(
      'BAD_OPTION',
      'az:// needs to know the account: set AZURE_STORAGE_ACCOUNT_NAME or AZURE_STORAGE_CONNECTION_STRING',
    )
  }
  const url = `https://${account}.blob.core.windows.net`
  return usable('AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN', async () => {
    if (key) return new Client(url, new SharedKey(account, key), options)
    if (signature) return new Client(`${url}?${signature.replace(/^\?/, '')}`, undefined, options)
    const identity = await loadPeer(
      'az:// without a key or a SAS token',
      '@azure/identity',
      () => import('@azure/identity'),
    )
    return new Client(url, new identity.DefaultAzureCredential(), options)
  })
}

async function usable<T>(variables: string, connectWith: () => T | Promise<T>): Promise<T> {
  try {
    return await connectWith()
  } catch (error) {
    if (error instanceof EvalspanError) throw error
    // Its message is not shown: it may hold a part of the value.
    throw new EvalspanError('BAD_OPTION', `${variables} cannot be used; check the value`, { cause: error })
  }
}

interface Properties {
  readonly etag?: string
  readonly contentLength?: number
  readonly lastModified?: Date
}

function toInfo({ etag = '', contentLength = 0, lastModified }: Properties): FileInfo {
  // A list has it without quotes.
  const version = `${etag.replaceAll('"', '')}-${contentLength}`
  return { kind: 'file', size: contentLength, version, modifiedMs: lastModified?.getTime() }
}

interface ServiceError extends Error {
  readonly code?: string
  readonly statusCode?: number
  readonly details?: { readonly errorCode?: string }
}

function explain(error: unknown, container: string): FileError {
  if (error instanceof FileError) return error
  const { name, code, statusCode: status, details } = error as ServiceError
  if (/Authentication|Credential/.test(name)) {
    const how =
      'log in with az login, or set AZURE_STORAGE_ACCOUNT_KEY, AZURE_STORAGE_SAS_TOKEN or the AZURE_… of an identity'
    return new FileError(`there are no usable credentials for Azure (${name}); ${how}`, { cause: error, status: 401 })
  }
  if (status === undefined) return unreached('Azure', error)
  const what = details?.errorCode ?? code ?? 'no reason'
  const reason = reasons[what] ?? reasons[status] ?? 'Azure answered STATUS (NAME)'
  const message = reason.replace('STATUS', String(status)).replace('NAME', what).replace('CONTAINER', container)
  return new FileError(message, { cause: error, status })
}

/** By the code of an error, or the status of an answer without one. */
const reasons: { readonly [codeOrStatus: string]: string } = {
  ContainerNotFound: 'there is no container CONTAINER; check its name and the account',
  AuthenticationFailed: 'Azure refused the credentials; check the key or SAS token, and the clock of this machine',
  AuthorizationFailure:
    'Azure refused the credentials; check the key or SAS token, or who may read the container CONTAINER',
  401: 'Azure refused the credentials (NAME); check them',
  403: 'access is forbidden (NAME); check that these credentials may read and list the container CONTAINER',
  404: notFound,
  412: replaced,
  416: replaced,
}
