import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSession } from '../../src/builtin.ts'
import type { HookEvent } from '../../src/hooks/hooks.ts'
import { Registry } from '../../src/hooks/registry.ts'
import { replay } from '../../src/sources/replay.ts'
import { itemsOf } from '../telemetry/render.ts'

const output = { write() {}, interactive: false, color: false, columns: 80 }
const recorded = 'test/fixtures/inspect/odd_values.hooks.jsonl'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evalspan-event-log-'))
  path = join(folder, 'deep', 'events.jsonl')
  process.env['EVALSPAN_EVENT_LOG'] = path
})
afterEach(() => {
  delete process.env['EVALSPAN_EVENT_LOG']
  rmSync(folder, { recursive: true })
})

async function fire(asReplay: boolean): Promise<HookEvent[]> {
  const events = await Array.fromAsync(replay([recorded], { onProblem: (error) => expect.fail(error.message) }))
  const hooks = await openSession({
    host: 'inspect',
    cwd: folder,
    output,
    report: (message) => expect.fail(message),
    registry: new Registry(),
  })
  for (const { hook, data, meta } of events) await hooks.emitter.emit(hook, data, { ...meta, replay: asReplay })
  await hooks.close()
  return events
}

it('writes the events of a live run, which give the same events and the same spans back', async () => {
  const events = await fire(false)
  expect(await Array.fromAsync(replay([path], { onProblem: (error) => expect.fail(error.message) }))).toEqual(events)
  expect(await itemsOf([path])).toEqual(await itemsOf([recorded]))
})

it('writes nothing of a replay', async () => {
  await fire(true)
  expect(readFileSync(path, 'utf8')).toBe('')
})

it('keeps the file to its owner and adds to what is there', async () => {
  const events = await fire(false)
  await fire(false)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(events.length * 2)
})

it('takes a file that was there before from all but its owner', async () => {
  mkdirSync(join(folder, 'deep'))
  writeFileSync(path, '', { mode: 0o644 })
  await fire(false)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

it('says which variable names a file that cannot be written', async () => {
  process.env['EVALSPAN_EVENT_LOG'] = folder
  await expect(fire(false)).rejects.toThrow(`EVALSPAN_EVENT_LOG: cannot write \`${folder}\``)
})

it('holds texts with separators of lines that JSON need not escape', async () => {
  mkdirSync(join(folder, 'deep'))
  const data = { eval_set_id: null, run_id: 'run', task_names: ['a\u2028b\u2029c\u0085d'] }
  const record = JSON.stringify({ hook: 'on_run_start', time: '2026-11-28T01:00:00.000000Z', host: 'inspect', data })
  writeFileSync(path, `${record}\r\n${record}\n`)
  const events = await Array.fromAsync(replay([path], { onProblem: (error) => expect.fail(error.message) }))
  expect(events.map((event) => event.data)).toEqual([data, data])
})
