import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Item } from '../../../src/delivery/item.ts'
import { migrations } from '../../../src/delivery/outbox/schema.ts'
import { Storage } from '../../../src/delivery/outbox/storage.ts'
import { spanItem, spanItems } from '../items.ts'
import { delivered, everything, names, newPath, place, toRow } from './open-outbox.ts'

interface Opened {
  readonly storage: Storage
  readonly lines: string[]
}

async function open(...paths: string[]): Promise<Opened> {
  const lines: string[] = []
  const options = { paths, problems: [], destinations: [place('one')], maxBytes: 1e9 }
  return { storage: await Storage.open(options, (line) => lines.push(line)), lines }
}

async function commit(storage: Storage, items: readonly Item[]): Promise<string[]> {
  const rows = items.map((item) => toRow(item))
  const { verdicts } = await storage.commit({ items: rows, drafts: [], instruments: [], on: ['one'], again: false })
  return [...verdicts]
}

function filesBeside(path: string): string[] {
  return readdirSync(dirname(path))
    .map((name) => name.replace(/corrupt-\d{8}T\d{6}Z-\d+/, 'corrupt-TIME'))
    .filter((name) => !/-(?:wal|shm|reserve)$/.test(name))
    .toSorted()
}

/** Overwrites the pages of a database after the first, as a broken disk does. */
function damage(path: string): void {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
  const bytes = readFileSync(path)
  bytes.fill(0xa5, 4096)
  writeFileSync(path, bytes)
}

describe('a file that is no outbox', () => {
  it('becomes one when it is empty', async () => {
    const path = newPath()
    writeFileSync(path, '')
    const { storage, lines } = await open(path)
    expect(await commit(storage, [spanItem('a')])).toEqual(['fresh'])
    await storage.close({})
    const database = new DatabaseSync(path, { readOnly: true })
    expect({ ...database.prepare('PRAGMA user_version').get() }).toEqual({ user_version: migrations.length })
    database.close()
    expect([storage.path(), lines, filesBeside(path)]).toEqual([path, [], ['outbox.db']])
  })

  it.each([
    ['text', Buffer.from('this is not a database, and long enough to be sure of that. '.repeat(100))],
    ['noise behind a good beginning', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(9000, 0x5a)])],
  ])('is set aside: %s', async (_, content) => {
    const path = newPath()
    writeFileSync(path, content)
    const { storage, lines } = await open(path)
    expect(await commit(storage, [spanItem('a')])).toEqual(['fresh'])
    await storage.close({})
    expect(lines).toEqual([
      expect.stringMatching(/^the outbox was damaged \(.*\): it is set aside as .*, and a new one is begun$/),
    ])
    expect(filesBeside(path)).toEqual(['outbox.db', 'outbox.db.corrupt-TIME'])
  })

  it('written by a newer evalspan is left as it is: another is used, or memory, and why is said', async () => {
    const path = newPath()
    const database = new DatabaseSync(path)
    database.exec(`PRAGMA user_version = ${migrations.length + 1}`)
    database.close()
    const bytes = readFileSync(path)
    const other = newPath()
    const elsewhere = await open(path, other)
    expect(elsewhere.storage.path()).toBe(other)
    await elsewhere.storage.close({})
    const { storage, lines } = await open(path)
    expect(await commit(storage, [spanItem('a')])).toEqual(['fresh'])
    const { session } = await storage.close({ one: 'given up' })
    expect(storage.path()).toBeUndefined()
    expect(session).toMatchObject([{ produced: 1, dropped: 1, reasons: [{ reason: 'given up' }] }])
    const why =
      `the outbox ${path} cannot be used (the outbox was written by a newer evalspan ` +
      `(its schema is ${migrations.length + 1}, this one knows ${migrations.length}): ` +
      'update evalspan, or set EVALSPAN_OUTBOX to another folder)'
    expect(elsewhere.lines).toEqual([`${why}; ${other} is used instead`])
    expect(lines).toEqual([
      `${why}: items wait in memory and are lost with the process; set EVALSPAN_OUTBOX to a folder`,
    ])
    expect(readFileSync(path)).toEqual(bytes)
  })
})

describe('an outbox that is damaged while it is used', () => {
  it('is set aside, a new one is begun, and the account stays whole', async () => {
    const path = newPath()
    const { storage, lines } = await open(path)
    await commit(storage, spanItems(200))
    const batch = (await storage.next('one', { ...everything, items: 50 }))!
    await storage.settle('one', batch, delivered)
    damage(path)
    expect(await commit(storage, spanItems(3, { object: 'after' }))).toEqual(['fresh', 'fresh', 'fresh'])
    expect(names(await storage.next('one', everything))).toEqual(['after/0', 'after/1', 'after/2'])
    const { session } = await storage.close({})
    const [{ produced, waiting, dropped, delivered: sent, reasons } = session[0]!] = session
    expect([produced, sent + waiting + dropped]).toEqual([produced, produced])
    expect(waiting).toBe(3)
    expect(reasons.every(({ reason }) => reason === 'the outbox was damaged while they waited')).toBe(true)
    expect(lines).toEqual([expect.stringMatching(/^the outbox was damaged \(.*\): it is set aside as /)])
    expect(filesBeside(path)).toEqual(['outbox.db', 'outbox.db.corrupt-TIME'])
  })

  it('is begun anew when it was deleted, with all that waited and the account', async () => {
    const path = newPath()
    const { storage, lines } = await open(path)
    await commit(storage, spanItems(6))
    await storage.settle('one', (await storage.next('one', { ...everything, items: 2 }))!, delivered)
    await storage.settle('one', (await storage.next('one', { ...everything, items: 1 }))!, {
      status: 'parked',
      reason: 'no',
    })
    for (const suffix of ['', '-wal', '-shm', '-reserve']) rmSync(path + suffix, { force: true })
    await commit(storage, [spanItem('after')])
    const { session } = await storage.close({})
    expect(session).toMatchObject([{ produced: 7, delivered: 2, waiting: 5, rejected: 0, dropped: 0 }])
    expect(lines).toEqual([
      `the outbox ${path} was deleted or moved while it was used: what waited in it waits there again`,
    ])
    const later = await open(path)
    const batch = await later.storage.next('one', everything)
    expect(names(batch)).toEqual(['trace/2', 'trace/3', 'trace/4', 'trace/5', 'trace/after'])
    await later.storage.close({})
  })

  it('is given up by name when it was deleted together with its folder', async () => {
    const path = newPath()
    const { storage, lines } = await open(path)
    await commit(storage, spanItems(3))
    rmSync(dirname(path), { recursive: true })
    const { session } = await storage.close({})
    expect(session).toMatchObject([
      {
        produced: 3,
        waiting: 0,
        dropped: 3,
        reasons: [{ reason: 'the outbox was deleted or moved while they waited', count: 3 }],
      },
    ])
    expect(lines).toEqual([expect.stringMatching(/^the outbox .* was deleted or moved while it was used \(.*\)$/)])
  })

  it('is set aside once by two sessions, and the new one is left alone', async () => {
    const path = newPath()
    const [one, other] = [await open(path), await open(path)]
    await commit(one.storage, spanItems(200))
    damage(path)
    await commit(one.storage, spanItems(1, { object: 'one' }))
    await commit(other.storage, spanItems(1, { object: 'other' }))
    expect(filesBeside(path)).toEqual(['outbox.db', 'outbox.db.corrupt-TIME'])
    const [mine, theirs] = [await one.storage.next('one', everything), await other.storage.next('one', everything)]
    expect([names(mine), names(theirs)]).toEqual([['one/0', 'other/0'], undefined])
    await one.storage.close({})
    await other.storage.close({})
    expect([...one.lines, ...other.lines]).toEqual([
      expect.stringContaining('it is set aside as'),
      expect.stringContaining('another process has set it aside and begun a new one'),
    ])
  })
})
