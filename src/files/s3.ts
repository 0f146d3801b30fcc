import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Readable } from 'node:stream'
import type { GetObjectCommandOutput, S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import { messageOf } from '../errors.ts'
import { FileError, notFound, replaced, unreached } from './file-error.ts'
import { loadPeer } from '../load-peer.ts'
import type { ObjectClient, ObjectPart } from './object-store.ts'
import type { FileInfo } from './store.ts'

type Library = typeof import('@aws-sdk/client-s3')

/**
 * S3 and what speaks like it, by Amazon's own client: credentials, region and endpoint come from the variables `AWS_…` and
 * the files in `~/.aws`, as Amazon documents them.
 */
export async function openS3(): Promise<ObjectClient> {
  const library = await loadPeer('s3://', '@aws-sdk/client-s3', () => import('@aws-sdk/client-s3'))
  const client = await connect(library)
  return {
    async read({ bucket, key }, { start, end, version, signal }) {
      const answer = await client.send(
        new library.GetObjectCommand({
          Bucket: bucket,
          Key: key,
          Range: `bytes=${start}-${end - 1}`,
          ...(version?.startsWith('"') && { IfMatch: version }),
        }),
        { abortSignal: signal },
      )
      return toPart(answer, end - start)
    },
    async stat({ bucket, key }) {
      try {
        const answer = await client.send(new library.HeadObjectCommand({ Bucket: bucket, Key: key }))
        return toInfo(answer, answer.ContentLength ?? 0)
      } catch (error) {
        if (statusOf(error) === 404) return undefined
        throw error
      }
    },
    async *list(bucket, prefix, limit) {
      const pages = library.paginateListObjectsV2(
        { client, ...(limit !== undefined && { pageSize: limit }) },
        { Bucket: bucket, Prefix: prefix },
      )
      for await (const { Contents = [] } of pages) {
        for (const object of Contents) yield { key: object.Key ?? '', ...toInfo(object, object.Size ?? 0) }
      }
    },
    explain,
  }
}

/** A name of its own for each bucket is Amazon's; other servers seldom have it. */
async function connect({ S3Client: Client }: Library): Promise<S3Client> {
  const proxies = { keepAlive: true, proxyEnv: process.env }
  const config: S3ClientConfig = {
    followRegionRedirects: true,
    // Of parts there are none, and other servers have others.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: 10_000,
      socketTimeout: 60_000,
      httpAgent: new HttpAgent(proxies),
      httpsAgent: new HttpsAgent(proxies),
    },
  }
  const { config: found } = new Client(config)
  const { serviceConfiguredEndpoint } = found as { serviceConfiguredEndpoint?: () => Promise<string | undefined> }
  const endpoint = await serviceConfiguredEndpoint?.()
  const region = await found.region().catch(() => 'us-east-1')
  return new Client({ ...config, region, ...(endpoint !== undefined && { forcePathStyle: true }) })
}

function toPart(answer: GetObjectCommandOutput, wanted: number): ObjectPart {
  const body = answer.Body as Readable
  const [, total] = /\/(\d+)$/.exec(answer.ContentRange ?? '') ?? []
  const size = Number(total ?? answer.ContentLength)
  if (total === undefined && !(size <= wanted)) {
    body.destroy()
    throw new FileError('the server gives no parts of files; copy the log to the disk first')
  }
  return { size, version: versionOf(answer), body }
}

interface Described {
  readonly ETag?: string | undefined
  readonly LastModified?: Date | undefined
}

function versionOf({ ETag, LastModified }: Described): string {
  return ETag || String(LastModified?.getTime())
}

function toInfo(object: Described, size: number): FileInfo {
  return { kind: 'file', size, version: `${versionOf(object)}-${size}`, modifiedMs: object.LastModified?.getTime() }
}

interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number }
}

function statusOf(error: unknown): number | undefined {
  return (error as ServiceError).$metadata?.httpStatusCode
}

function explain(error: unknown, bucket: string): FileError {
  if (error instanceof FileError) return error
  const { name } = error as Error
  const status = statusOf(error)
  if (/CredentialsProvider|TokenProvider/.test(name)) {
    const how = 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE'
    return new FileError(`there are no credentials for S3: ${messageOf(error)}; ${how}`, { cause: error })
  }
  if (status === undefined) return unreached('S3', error)
  const reason = reasons[name] ?? reasons[status]?.replace('NAME', `${status} ${name}`)
  return new FileError((reason ?? `S3 answered ${status}: ${name}, ${messageOf(error)}`).replace('BUCKET', bucket), {
    cause: error,
    status,
  })
}

const wrongRegion =
  'the bucket BUCKET is in another region, or behind another endpoint; set AWS_REGION or AWS_ENDPOINT_URL'
const refused = 'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN or AWS_PROFILE'

/** By the name of an error, or the status of an answer without one. */
const reasons: { readonly [nameOrStatus: string]: string } = {
  NoSuchBucket: 'there is no bucket BUCKET; check its name, and AWS_ENDPOINT_URL where it is not one of Amazon',
  InvalidAccessKeyId: `S3 does not know this access key; ${refused}`,
  XAdminUserNotFound: `S3 does not know this access key; ${refused}`,
  SignatureDoesNotMatch: `the secret does not belong to this access key; ${refused}`,
  ExpiredToken: 'the credentials have expired; log in again',
  InvalidToken: `S3 does not take this session token; ${refused}`,
  PermanentRedirect: wrongRegion,
  AuthorizationHeaderMalformed: wrongRegion,
  RequestTimeTooSkewed: 'the clock of this machine is wrong; set it',
  301: wrongRegion,
  403: 'access is forbidden (NAME); check that these credentials may read and list the bucket BUCKET',
  404: notFound,
  412: replaced,
  416: replaced,
  503: 'S3 is busy (NAME); try later',
}
