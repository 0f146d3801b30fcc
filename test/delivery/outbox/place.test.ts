import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { outboxFolders, outboxMaxAgeMs, outboxMaxBytes, outboxPlaces } from '../../../src/delivery/outbox/place.ts'
import { newFolder, newPath, openOutbox } from './open-outbox.ts'

const ext4 = async (): Promise<number> => 0xef53
const fallback = join(tmpdir(), `evalspan-${process.getuid?.()}`)
const before = process.umask()
afterAll(() => process.umask(before))

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8)
}

describe('the place of the outbox', () => {
  it('is the folder of EVALSPAN_OUTBOX, or else one in the state folder of the user; and then one for temporary files', () => {
    const local = join(homedir(), '.local', 'state', 'evalspan')
    expect([
      outboxFolders({ EVALSPAN_OUTBOX: '/data/outbox' }),
      outboxFolders({ EVALSPAN_OUTBOX: 'relative' }),
      outboxFolders({ XDG_STATE_HOME: '/state' }),
      outboxFolders({ XDG_STATE_HOME: 'not/absolute' }),
      outboxFolders({ EVALSPAN_OUTBOX: ' ' }),
    ]).toEqual(
      ['/data/outbox', join(process.cwd(), 'relative'), '/state/evalspan', local, local].map((folder) => [
        folder,
        fallback,
      ]),
    )
  })

  it('is nowhere with "none"', async () => {
    expect(await outboxPlaces({ EVALSPAN_OUTBOX: 'none' })).toEqual({ paths: [], problems: [] })
  })

  it('is made for its owner alone', async () => {
    const folder = join(newFolder(), 'state', 'evalspan')
    process.umask(0)
    const { paths, problems } = await outboxPlaces({ EVALSPAN_OUTBOX: folder }, ext4)
    expect({ paths, problems }).toEqual({
      paths: [join(folder, 'outbox.db'), join(fallback, 'outbox.db')],
      problems: [],
    })
    expect([modeOf(folder), modeOf(join(folder, '..'))]).toEqual(['700', '700'])
  })

  it('is another one where the folder is on a network, which is said', async () => {
    const folder = newFolder()
    const typeOf = async (of: string): Promise<number> => (of === folder ? 0x6969 : 0xef53)
    expect(await outboxPlaces({ EVALSPAN_OUTBOX: folder }, typeOf)).toEqual({
      paths: [join(fallback, 'outbox.db')],
      problems: [`the outbox cannot be in ${folder}: it is on a network file system, NFS`],
    })
  })

  it('is another one where there is a file of that name, or a folder cannot be made', async () => {
    const file = join(newFolder(), 'file')
    writeFileSync(file, '')
    const { paths, problems } = await outboxPlaces({ EVALSPAN_OUTBOX: file }, ext4)
    expect(paths).toEqual([join(fallback, 'outbox.db')])
    expect(problems).toEqual([expect.stringMatching(/^the outbox cannot be in .*file: EEXIST/)])
    const below = await outboxPlaces({ EVALSPAN_OUTBOX: join(file, 'below') }, ext4)
    expect(below.problems).toEqual([expect.stringMatching(/^the outbox cannot be in .*below: EEXIST/)])
  })

  it('keeps the mode of a folder that was there', async () => {
    const folder = join(newFolder(), 'shared')
    mkdirSync(folder)
    const mode = modeOf(folder)
    await outboxPlaces({ EVALSPAN_OUTBOX: folder }, ext4)
    expect(modeOf(folder)).toBe(mode)
  })
})

describe('the files of an outbox', () => {
  it.each([0o000, 0o022, 0o077])('can be read by their owner alone with umask %i', async (umask) => {
    process.umask(umask)
    const path = newPath()
    const outbox = await openOutbox({ path })
    expect(['', '-wal', '-shm'].map((suffix) => modeOf(path + suffix))).toEqual(['600', '600', '600'])
    outbox.close()
  })

  it('are made private when they were not', async () => {
    process.umask(0o022)
    const path = newPath()
    writeFileSync(path, '')
    expect(modeOf(path)).toBe('644')
    const outbox = await openOutbox({ path })
    expect(['', '-wal', '-shm'].map((suffix) => modeOf(path + suffix))).toEqual(['600', '600', '600'])
    outbox.close()
  })
})

describe('the bounds of the outbox', () => {
  it('are read with their units', () => {
    const bytes = ['1000', '64k', '500M', '2 GiB', '1gb', ''].map((value) =>
      outboxMaxBytes({ EVALSPAN_OUTBOX_MAX_BYTES: value }),
    )
    expect(bytes).toEqual([1000, 65_536, 524_288_000, 2_147_483_648, 1_073_741_824, 1_073_741_824])
    const ages = ['12h', '90d', ''].map((value) => outboxMaxAgeMs({ EVALSPAN_OUTBOX_MAX_AGE: value }))
    expect(ages).toEqual([43_200_000, 7_776_000_000, 2_592_000_000])
  })

  it.each(['0', '-1', 'much', '1.5G', '1T'])('cannot be %j bytes', (value) => {
    expect(() => outboxMaxBytes({ EVALSPAN_OUTBOX_MAX_BYTES: value })).toThrow(
      `EVALSPAN_OUTBOX_MAX_BYTES is "${value}": write bytes, or a number with K, M or G (500M, 2G)`,
    )
  })

  it.each(['0d', '30', 'long', '1w'])('cannot be an age of %j', (value) => {
    expect(() => outboxMaxAgeMs({ EVALSPAN_OUTBOX_MAX_AGE: value })).toThrow(
      `EVALSPAN_OUTBOX_MAX_AGE is "${value}": write hours or days (12h, 30d)`,
    )
  })
})
