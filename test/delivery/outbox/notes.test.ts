import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { migrations } from '../../../src/delivery/outbox/schema.ts'
import { Store } from '../../../src/delivery/store.ts'
import { temporaryFile } from '../../inspect/temporary-file.ts'

async function withStore<T>(path: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = new Store({ sinks: [], metricSinks: [], paths: [path], maxBytes: 1e6, tell: () => {} })
  try {
    return await work(store)
  } finally {
    await store.close({})
  }
}

describe('notes of a source', () => {
  it('are kept for the next process, each source for itself', async () => {
    const path = temporaryFile('outbox.db', '')
    await withStore(path, async (store) => {
      await store.note('watch', [
        { name: 'a', value: '1' },
        { name: 'b', value: '2' },
      ])
      await store.note('other', [{ name: 'a', value: 'its own' }])
      await store.note('watch', [
        { name: 'a', value: undefined },
        { name: 'b', value: '3' },
      ])
    })
    expect(await withStore(path, (store) => store.notes('watch'))).toEqual([{ name: 'b', value: '3' }])
    expect(await withStore(path, (store) => store.notes('other'))).toEqual([{ name: 'a', value: 'its own' }])
  })

  it('are kept in an outbox that was begun before there were notes', async () => {
    const path = join(temporaryFile('x', ''), '..', 'old.db')
    const database = new DatabaseSync(path)
    database.exec(migrations[0]!)
    database.exec('PRAGMA user_version = 1; PRAGMA journal_mode = WAL')
    database.close()
    await withStore(path, (store) => store.note('watch', [{ name: 'a', value: '1' }]))
    expect(await withStore(path, (store) => store.notes('watch'))).toEqual([{ name: 'a', value: '1' }])
  })

  it('are kept in memory where there is no outbox', async () => {
    const store = new Store({ sinks: [], metricSinks: [], maxBytes: 1e6, tell: () => {} })
    await store.note('watch', [{ name: 'a', value: '1' }])
    expect(await store.notes('watch')).toEqual([{ name: 'a', value: '1' }])
    await store.close({})
  })
})
