import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { FileError } from '../../src/files/file-error.ts'
import { ObjectStore, type ObjectClient, type ReadOptions } from '../../src/files/object-store.ts'

const content = Buffer.from(Array.from({ length: 500_000 }, (_, index) => index >> 2))

/** Objects in memory, given by a client that fails as told. */
class Memory implements ObjectClient {
  readonly objects = new Map<string, { content: Buffer; version: string }>()
  readonly reads: string[] = []
  failures: (() => Readable | Promise<never>)[] = []

  async read({ bucket, key }: { bucket: string; key: string }, { start, end }: ReadOptions) {
    this.reads.push(`${start}-${end}`)
    const object = this.objects.get(`${bucket}/${key}`)
    if (!object) throw new FileError('nothing here', { status: 404 })
    const { content: bytes, version } = object
    const failing = await this.failures.shift()?.()
    return { size: bytes.length, version, body: failing ?? Readable.from([bytes.subarray(start, end)]) }
  }

  async stat() {
    return undefined
  }

  async *list(bucket: string, prefix: string) {
    for (const [name, { content: bytes, version }] of this.objects) {
      const key = name.slice(bucket.length + 1)
      if (name.startsWith(`${bucket}/${prefix}`)) {
        yield { kind: 'file' as const, key, size: bytes.length, version, modifiedMs: 0 }
      }
    }
  }

  explain(error: unknown): FileError {
    return error instanceof FileError ? error : new FileError(`explained: ${(error as Error).message}`)
  }
}

function fill(...keys: string[]): { memory: Memory; store: ObjectStore } {
  const memory = new Memory()
  for (const key of keys) memory.objects.set(`logs/${key}`, { content, version: '1' })
  return { memory, store: new ObjectStore(memory, { silenceMs: 50 }) }
}

describe('a store of objects', () => {
  it('goes on where an answer breaks off', async () => {
    const { memory, store } = fill('a.eval')
    const file = await store.open('mem://logs/a.eval')
    memory.failures.push(() => breakingOff(content.subarray(65_536, 150_000)))
    expect(await file.read(100_000, 200_000)).toEqual(content.subarray(100_000, 300_000))
    expect(memory.reads).toEqual(['0-65536', '65536-327680', '150000-327680'])
  })

  it('asks again where an answer stops', async () => {
    const { memory, store } = fill('a.eval')
    const file = await store.open('mem://logs/a.eval')
    memory.failures.push(() => new Readable({ read() {} }))
    expect(await file.read(100_000, 200_000)).toEqual(content.subarray(100_000, 300_000))
    expect(memory.reads).toEqual(['0-65536', '65536-327680', '65536-327680'])
  })

  it('does not wait for an answer without end, nor try again what its client gave up', async () => {
    const { memory, store } = fill('a.eval')
    memory.failures.push(() => sleep(10_000, undefined as never, { ref: false }))
    await expect(store.open('mem://logs/a.eval')).rejects.toThrow('the server gave no answer in time; try later')
    memory.failures.push(() => Promise.reject(new Error('no')))
    await expect(store.open('mem://logs/a.eval')).rejects.toThrow('explained: no')
    expect(memory.reads).toHaveLength(2)
  })

  it('notices that an object was replaced, or is gone', async () => {
    const { memory, store } = fill('a.eval')
    const file = await store.open('mem://logs/a.eval')
    memory.objects.set('logs/a.eval', { content, version: '2' })
    const message = 'was replaced or removed while it was read; read it again'
    await expect(file.read(100_000, 10)).rejects.toThrow(message)
    memory.objects.clear()
    await expect(file.read(100_000, 10)).rejects.toThrow(message)
  })

  it('gives up what is under way when a log is closed', async () => {
    const { memory, store } = fill('a.eval')
    const file = await store.open('mem://logs/a.eval')
    const body = new Readable({ read() {} })
    memory.failures.push(() => body)
    const reading = file.read(100_000, 10)
    await sleep(5)
    await file.close()
    await expect(reading).rejects.toThrow('aborted')
    expect(body.destroyed).toBe(true)
  })

  it('lists logs beneath a folder by their whole path', async () => {
    const { store } = fill('a/1.eval', 'a/b c/2.eval', 'a/.x/3.eval', 'ab/4.eval', 'a/logs.json')
    const list = async (path: string): Promise<string[]> =>
      (await Array.fromAsync(store.list(path))).map(({ path: found }) => found)
    const found = ['mem://logs/a/1.eval', 'mem://logs/a/b c/2.eval']
    expect(await list('mem://logs/a')).toEqual(found)
    expect(await list('mem://logs/a/')).toEqual(found)
    expect(await list('mem://logs')).toEqual([...found, 'mem://logs/ab/4.eval'])
    expect(await list('mem://logs/')).toEqual([...found, 'mem://logs/ab/4.eval'])
  })

  it('names what is a bucket and no log, and a path without a bucket', async () => {
    const { store } = fill()
    await expect(store.open('mem://logs')).rejects.toThrow('is a bucket, not a log; name one of the files in it')
    await expect(store.open('mem:///a.eval')).rejects.toThrow('names no bucket; write scheme://bucket/folder/name')
  })
})

function breakingOff(bytes: Buffer): Readable {
  return Readable.from(
    (async function* () {
      yield bytes
      await sleep(1)
      throw new Error('reset')
    })(),
  )
}
