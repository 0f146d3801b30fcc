import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { makeLog } from '../../bench/make-log.ts'
import { listFolder, statPath } from '../../src/files/files.ts'
import { openLog } from '../../src/inspect/log.ts'
import { HttpReceiver } from '../receiver/http-receiver.ts'
import { itemsOf, spansOf } from '../telemetry/render.ts'
import { startAzure, startGcs, startS3, startWeb, type StoreServer } from './store-servers.ts'

const fixtures = 'test/fixtures/inspect'
/** Where logs lie in the bucket, some in a folder with an odd name; and what is no log. */
const tree: { readonly [key: string]: string } = {
  'runs/basic.eval': `${fixtures}/basic.eval`,
  'runs/react_agent.eval': `${fixtures}/react_agent.eval`,
  'runs/2026-11-21T09-11-19-00-00_json.json': `${fixtures}/json_format.json`,
  'runs/a b/ü+%20#1/sandbox.eval': `${fixtures}/sandbox.eval`,
  'runs/.buffer/hidden.eval': `${fixtures}/cancelled.eval`,
  'runs/logs.json': `${fixtures}/README.md`,
  'other/limit_time.eval': `${fixtures}/limit_time.eval`,
}
const [samples, megabytes] = [1000, 100]

/** The same logs on the disk. */
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'evalspan-stores-'))
  for (const [key, path] of Object.entries(tree)) cpSync(path, join(folder, key))
  makeLog(join(folder, 'large.eval'), { megabytes, samples, eventsPerSample: 25 })
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What a user gets wrong, and is told. */
type Mistake = readonly [what: string, env: NodeJS.ProcessEnv, path: string, told: string]

const stores: readonly {
  readonly name: string
  readonly start: () => Promise<StoreServer>
  readonly lists: boolean
  readonly mistakes: readonly Mistake[]
}[] = [
  {
    name: 'S3',
    start: startS3,
    lists: true,
    mistakes: [
      [
        'a wrong secret',
        { AWS_SECRET_ACCESS_KEY: 'wrong' },
        's3://logs/runs/basic.eval',
        'the secret does not belong to this access key; check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN or AWS_PROFILE',
      ],
      [
        'a wrong secret for a folder',
        { AWS_SECRET_ACCESS_KEY: 'wrong' },
        's3://logs/runs',
        'the secret does not belong to this access key; check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN or AWS_PROFILE',
      ],
      [
        'an unknown key',
        { AWS_ACCESS_KEY_ID: 'nobody' },
        's3://logs/runs/basic.eval',
        'S3 does not know this access key; check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN or AWS_PROFILE',
      ],
      [
        'no credentials',
        { AWS_ACCESS_KEY_ID: '', AWS_EC2_METADATA_DISABLED: 'true' },
        's3://logs/runs/basic.eval',
        'there are no credentials for S3: Could not load credentials from any providers; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE',
      ],
      [
        'another region',
        { AWS_REGION: 'eu-central-1' },
        's3://logs/runs/basic.eval',
        'the bucket logs is in another region, or behind another endpoint; set AWS_REGION or AWS_ENDPOINT_URL',
      ],
      [
        'a bucket that is not there',
        {},
        's3://elsewhere/runs/basic.eval',
        'there is no bucket elsewhere; check its name, and AWS_ENDPOINT_URL where it is not one of Amazon',
      ],
      ['a folder that is not there', {}, 's3://logs/nowhere', 'no such file or folder'],
      ['no key', {}, 's3://', 'names no bucket; write scheme://bucket/folder/name'],
    ],
  },
  {
    name: 'Google Cloud Storage',
    start: startGcs,
    lists: true,
    mistakes: [
      [
        'credentials that are not there',
        { STORAGE_EMULATOR_HOST: undefined, GOOGLE_APPLICATION_CREDENTIALS: '/nowhere.json' },
        'gs://logs/runs/basic.eval',
        "there are no usable credentials for Google Cloud (Unable to read the credential file specified by the GOOGLE_APPLICATION_CREDENTIALS environment variable: The file at /nowhere.json does not exist, or it is not a file. ENOENT: no such file or directory, lstat '/nowhere.json'); set GOOGLE_APPLICATION_CREDENTIALS, or run gcloud auth application-default login",
      ],
      ['a bucket that is not there', {}, 'gs://elsewhere/runs', 'there is no bucket elsewhere; check its name'],
      ['a folder that is not there', {}, 'gs://logs/nowhere', 'no such file or folder'],
    ],
  },
  {
    name: 'Azure Blob Storage',
    start: startAzure,
    lists: true,
    mistakes: [
      [
        'an unusable connection string',
        { AZURE_STORAGE_CONNECTION_STRING: 'AccountName=me;AccountKey=hidden' },
        'az://logs/runs/basic.eval',
        'AZURE_STORAGE_CONNECTION_STRING cannot be used; check the value',
      ],
      [
        'no account',
        { AZURE_STORAGE_CONNECTION_STRING: '' },
        'az://logs/runs/basic.eval',
        'az:// needs to know the account: set AZURE_STORAGE_ACCOUNT_NAME or AZURE_STORAGE_CONNECTION_STRING',
      ],
      [
        'a container that is not there',
        {},
        'az://elsewhere/runs',
        'there is no container elsewhere; check its name and the account',
      ],
      ['a folder that is not there', {}, 'az://logs/nowhere', 'no such file or folder'],
    ],
  },
  { name: 'a web server', start: startWeb, lists: false, mistakes: [] },
]

describe.each(stores)('logs in $name', ({ name: store, start, lists, mistakes }) => {
  describe.skipIf(!inject('stores').includes(store))('on a real server', () => {
    let server: StoreServer
    let before: NodeJS.ProcessEnv

    beforeAll(async () => {
      server = await start()
      before = { ...process.env }
      Object.assign(process.env, server.env)
      for (const path of [...Object.keys(tree), 'large.eval']) await server.put(path, readFileSync(join(folder, path)))
    })
    afterAll(async () => {
      process.env = before
      await server?.stop()
    })

    it('give what they give on the disk', async () => {
      const names = Object.keys(tree).filter((path) => path.endsWith('.eval') && !path.includes('.buffer'))
      // Web addresses have escapes, keys have none.
      const remoteNames = lists ? names : names.map((name) => name.split('/').map(encodeURIComponent).join('/'))
      const remote = await itemsOf(remoteNames.map((name) => `${server.bucket}/${name}`))
      expect(remote).toEqual(await itemsOf(names.map((name) => join(folder, name))))
      expect(remote.length).toBeGreaterThan(50)
    })

    it('are read in few requests, and no more of them than is needed', async () => {
      const { proxy } = server
      proxy.reset()
      const log = await openLog(`${server.bucket}/large.eval`)
      try {
        const opened = { requests: proxy.requests, bytes: proxy.bytes }
        expect(opened.requests).toBeLessThanOrEqual(4)
        expect(opened.bytes).toBeLessThan(700_000)

        for (const id of ['sample-500', 'sample-20']) {
          proxy.reset()
          const [entry] = await Array.fromAsync(log.samples({ match: (key) => key.id === id }))
          expect(entry).toMatchObject({ sample: { id } })
          expect(proxy.requests).toBe(1)
          expect(proxy.bytes).toBeLessThan(200_000)
        }

        proxy.reset()
        let read = 0
        for await (const item of log.samples()) if ('sample' in item) read += 1
        expect(read).toBe(samples)
        const size = readFileSync(join(folder, 'large.eval')).length
        expect(proxy.requests).toBeLessThan(8 + size / 1_000_000)
        expect(proxy.bytes).toBeLessThan(size * 1.2)
      } finally {
        await log.close()
      }
    })

    it('are not mixed with what takes their place', async () => {
      const large = readFileSync(join(folder, 'large.eval'))
      await server.put('replaced.eval', large)
      const log = await openLog(`${server.bucket}/replaced.eval`)
      await server.put('replaced.eval', large.subarray(0, -1))
      const [entry] = await Array.fromAsync(log.samples({ match: (key) => key.id === 'sample-500' }))
      expect(entry).toMatchObject({
        error: {
          message: `${server.bucket}/replaced.eval: samples/sample-500_epoch_1.json: was replaced or removed while it was read; read it again`,
        },
      })
      await log.close()
    })

    it('are named when they are not there, or empty', async () => {
      await server.put('empty.eval', Buffer.alloc(0))
      const paths = ['nothing.eval', 'runs/basic.eval', 'empty.eval'].map((name) => `${server.bucket}/${name}`)
      const { stdout, stderr, code } = await evalspan(['replay', '--dry-run', ...paths], server.env)
      expect(code).toBe(1)
      expect(stdout).toMatch(/^Dry run: 2 samples read/)
      // Nothing else, such as the warnings of a library.
      expect(stderr.trimEnd().split('\n')).toEqual([
        expect.stringMatching(`^error: ${server.bucket}/nothing.eval: there is no such file; check the path`),
        `error: ${server.bucket}/empty.eval: is empty; nothing was written to it yet, or copying it failed`,
      ])
    })

    it('are read through a proxy', async () => {
      const host = `127.0.0.1:${server.proxy.port}`
      // Azurite takes the first part of a name for the account.
      const nowhere = '192.0.2.1:8000'
      const env = Object.fromEntries(
        Object.entries(server.env).map(([name, value]) => [name, value.replaceAll(host, nowhere)]),
      )
      const path = `${server.bucket}/runs/basic.eval`.replace(host, nowhere)
      const { stdout, stderr } = await evalspan(['replay', '--dry-run', path], { ...env, HTTP_PROXY: `http://${host}` })
      expect(stderr).toBe('')
      expect(stdout).toMatch(/^Dry run: 2 samples read/)
    })

    it.each(mistakes)('are not read with %s, and the user is told', async (_, env, path, told) => {
      const { stderr, code } = await evalspan(['replay', path], { ...server.env, ...env })
      expect(
        stderr
          .trimEnd()
          .replace(/^error: /, '')
          .replace(`${path}: `, ''),
      ).toBe(told)
      expect(code).toBe(1)
    })

    it('are named when nobody is there to be asked', async () => {
      const port = String(server.proxy.port)
      const env = Object.fromEntries(
        Object.entries(server.env).map(([name, value]) => [name, value.replaceAll(`:${port}`, ':9')]),
      )
      const path = `${server.bucket}/runs/basic.eval`.replace(`:${port}`, ':9')
      const { stderr } = await evalspan(['replay', path], env)
      expect(stderr.trimEnd().split('\n')).toEqual([
        expect.stringMatching(/^error: .*: \S.* cannot be read from: the connection was refused \(ECONNREFUSED\)$/),
      ])
    })

    if (!lists) return

    it('are found in folders and by patterns', async () => {
      const runs = await itemsOf([join(folder, 'runs')])
      for (const path of ['runs', 'runs/', 'ru*', 'runs/**/*.{eval,json}', 'runs/**']) {
        expect(await itemsOf([`${server.bucket}/${path}`]), path).toEqual(runs)
      }
      expect(await itemsOf([`${server.bucket}/runs/a*/**`])).toEqual(await itemsOf([join(folder, 'runs/a b')]))
    })

    it('are listed with what tells one version from another', async () => {
      const listed = await Array.fromAsync(listFolder(`${server.bucket}/runs`))
      expect(listed.map(({ path }) => path).toSorted()).toEqual(
        ['2026-11-21T09-11-19-00-00_json.json', 'a b/ü+%20#1/sandbox.eval', 'basic.eval', 'react_agent.eval'].map(
          (name) => `${server.bucket}/runs/${name}`,
        ),
      )
      for (const { path, ...info } of listed) expect(await statPath(path)).toEqual(info)
      const { modifiedMs, size } = listed.find(({ path }) => path.endsWith('/basic.eval'))!
      expect(size).toBe(readFileSync(`${fixtures}/basic.eval`).length)
      expect(Math.abs(modifiedMs! - Date.now())).toBeLessThan(600_000)

      const changed = `${server.bucket}/changed/basic.eval`
      await server.put('changed/basic.eval', readFileSync(`${fixtures}/basic.eval`))
      const first = await statPath(changed)
      await server.put('changed/basic.eval', readFileSync(`${fixtures}/react_agent.eval`))
      expect(await statPath(changed)).not.toEqual(first)
    })

    it('are watched, and sent once', async () => {
      await using receiver = await HttpReceiver.start()
      const sent = async (): Promise<number> => {
        const argv = ['watch', '--once', '--quiet', '0.1', `${server.bucket}/watched`]
        const { stderr, code } = await evalspan(argv, {
          ...server.env,
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
          EVALSPAN_OUTBOX: join(folder, `outbox of ${server.bucket.slice(0, 2)}`),
        })
        expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
        return receiver.parts('traces').length
      }
      await server.put('watched/basic.eval', readFileSync(`${fixtures}/basic.eval`))
      const basic = spansOf(await itemsOf([`${fixtures}/basic.eval`])).length
      expect(await sent()).toBe(basic)
      expect(await sent()).toBe(basic)
      await server.put('watched/a/react_agent.eval', readFileSync(`${fixtures}/react_agent.eval`))
      const agent = spansOf(await itemsOf([`${fixtures}/react_agent.eval`])).length
      expect(await sent()).toBe(basic + agent)
    })

    it('are told from folders and from nothing', async () => {
      expect(await statPath(server.bucket)).toEqual({ kind: 'folder' })
      expect(await statPath(`${server.bucket}/runs`)).toEqual({ kind: 'folder' })
      expect(await statPath(`${server.bucket}/runs/basic.eval`)).toMatchObject({ kind: 'file' })
      expect(await statPath(`${server.bucket}/run`)).toBeUndefined()
    })
  })
})

describe.skipIf(!inject('stores').includes('S3'))('S3', () => {
  it('is found by what a profile says', async () => {
    const server = await startS3()
    const { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret } = server.env
    const config = join(folder, 'config')
    const keys = [`aws_access_key_id = ${key}`, `aws_secret_access_key = ${secret}`]
    writeFileSync(config, ['[profile evals]', 'region = us-east-1', `endpoint_url = ${endpoint}`, ...keys].join('\n'))
    await server.put('basic.eval', readFileSync(`${fixtures}/basic.eval`))
    const env = { AWS_CONFIG_FILE: config, AWS_PROFILE: 'evals' }
    const { stdout, stderr } = await evalspan(['replay', '--dry-run', 's3://logs'], env)
    await server.stop()
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^Dry run: 2 samples read/)
  })
})

interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function evalspan(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  const child = spawn(process.execPath, ['src/cli/main.ts', ...argv], {
    env: { PATH: process.env['PATH'], HOME: tmpdir(), EVALSPAN_OUTBOX: 'none', ...env },
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...output })))
}
