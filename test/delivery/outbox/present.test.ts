import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { outboxPlaces, presentOutboxes } from '../../../src/delivery/outbox/place.ts'

const nfs = 0x6969
const local = 0xef53

let scratch: string
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'evalspan-present-'))
  vi.stubEnv('TMPDIR', scratch)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(scratch, { recursive: true })
})

function make(folder: string): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'outbox.db'), '')
  return join(folder, 'outbox.db')
}

it('finds the outbox that would be used, and makes nothing', async () => {
  const env = { EVALSPAN_OUTBOX: join(scratch, 'state/outbox') }
  expect(await presentOutboxes(env)).toEqual({ path: undefined, others: [] })
  expect(await presentOutboxes({ EVALSPAN_OUTBOX: 'none' })).toEqual({ others: [] })
  const path = make(env.EVALSPAN_OUTBOX)
  expect(await presentOutboxes(env)).toEqual({ path, others: [] })
  expect((await outboxPlaces(env)).paths[0]).toBe(path)
})

it('finds the one for the time being where the folder that was meant is on a network or is none', async () => {
  const env = { EVALSPAN_OUTBOX: join(scratch, 'state') }
  const [, temporary] = (await outboxPlaces(env, () => Promise.resolve(local))).paths
  writeFileSync(temporary!, '')
  const isShared = (folder: string): Promise<number> => Promise.resolve(folder === env.EVALSPAN_OUTBOX ? nfs : local)
  expect(await presentOutboxes(env, isShared)).toEqual({ path: temporary, others: [] })
  writeFileSync(join(scratch, 'file'), '')
  expect(await presentOutboxes({ EVALSPAN_OUTBOX: join(scratch, 'file/outbox') })).toEqual({
    path: temporary,
    others: [],
  })
  const meant = make(env.EVALSPAN_OUTBOX)
  expect(await presentOutboxes(env)).toEqual({ path: meant, others: [temporary] })
})
