import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebServer } from '../files/web-server.ts'
import { CountingProxy } from './counting-proxy.ts'
import { fetchAzurite, fetchGcsServer, fetchVersitygw } from './fetched-servers.ts'
import { freePorts } from './free-ports.ts'
import { startProcess } from './server-process.ts'

/** A real server of a store with one bucket, `logs`, and a proxy before it that counts. */
export interface StoreServer {
  /** What a user sets for it. */
  readonly env: { readonly [name: string]: string }
  readonly proxy: CountingProxy
  /** `scheme://logs` */
  readonly bucket: string
  put(key: string, content: Buffer): Promise<void>
  stop(): Promise<void>
}

const accessKey = 'evalspan-test'
const secretKey = 'evalspan-secret-1'

export async function startS3(): Promise<StoreServer> {
  const folder = mkdtempSync(join(tmpdir(), 'evalspan-s3-'))
  mkdirSync(join(folder, 'logs'))
  const { proxy, port } = await openProxy()
  const stop = await startProcess(fetchVersitygw(), ['--port', `127.0.0.1:${port}`, 'posix', folder], port, {
    ROOT_ACCESS_KEY: accessKey,
    ROOT_SECRET_KEY: secretKey,
  })
  const endpoint = `http://127.0.0.1:${proxy.port}`
  const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3')
  const client = new S3Client({
    endpoint,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
  })
  return {
    env: { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey },
    proxy,
    bucket: 's3://logs',
    async put(key, content) {
      await client.send(new PutObjectCommand({ Bucket: 'logs', Key: key, Body: content }))
    },
    async stop() {
      client.destroy()
      await stop()
      await proxy.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

export async function startGcs(): Promise<StoreServer> {
  const { proxy, port } = await openProxy()
  const host = `127.0.0.1:${proxy.port}`
  const place = ['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port), '-public-host', host]
  const stop = await startProcess(fetchGcsServer(), [...place, '-backend', 'memory', '-log-level', 'error'], port)
  const { Storage } = await import('@google-cloud/storage')
  const storage = new Storage({ apiEndpoint: `http://${host}`, projectId: 'evalspan' })
  const [bucket] = await storage.createBucket('logs')
  return {
    env: { STORAGE_EMULATOR_HOST: `http://${host}` },
    proxy,
    bucket: 'gs://logs',
    async put(key, content) {
      await bucket.file(key).save(content, { resumable: false })
    },
    async stop() {
      await stop()
      await proxy.stop()
    },
  }
}

/** That of the documentation, and no secret. */
const azuriteKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

export async function startAzure(): Promise<StoreServer> {
  const { proxy, port } = await openProxy()
  const place = ['--blobHost', '127.0.0.1', '--blobPort', String(port), '--skipApiVersionCheck']
  const stop = await startProcess(
    process.execPath,
    [fetchAzurite(), ...place, '--inMemoryPersistence', '--silent', '--disableTelemetry'],
    port,
  )
  const connection = [
    'DefaultEndpointsProtocol=http',
    'AccountName=devstoreaccount1',
    `AccountKey=${azuriteKey}`,
    `BlobEndpoint=http://127.0.0.1:${proxy.port}/devstoreaccount1`,
  ].join(';')
  const { BlobServiceClient } = await import('@azure/storage-blob')
  const container = BlobServiceClient.fromConnectionString(connection).getContainerClient('logs')
  await container.create()
  return {
    env: { AZURE_STORAGE_CONNECTION_STRING: connection },
    proxy,
    bucket: 'az://logs',
    async put(key, content) {
      await container.getBlockBlobClient(key).uploadData(content)
    },
    async stop() {
      await stop()
      await proxy.stop()
    },
  }
}

export async function startWeb(): Promise<StoreServer> {
  const server = await WebServer.start()
  const proxy = await CountingProxy.start()
  proxy.targetPort = Number(server.host.split(':')[1])
  return {
    env: {},
    proxy,
    bucket: `http://127.0.0.1:${proxy.port}/logs`,
    async put(key, content) {
      server.serve(`/logs/${key}`, content)
    },
    async stop() {
      await server[Symbol.asyncDispose]()
      await proxy.stop()
    },
  }
}

async function openProxy(): Promise<{ readonly proxy: CountingProxy; readonly port: number }> {
  const proxy = await CountingProxy.start()
  const [port] = await freePorts(1)
  proxy.targetPort = port!
  return { proxy, port: port! }
}
