import { glob, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { EvalspanError } from '../../src/errors.ts'
import { hookNames, toWireName, type HookEvent } from '../../src/hooks/hooks.ts'
import { fromRecord, toRecord } from '../../src/hooks/wire.ts'
import { live, sampleEnd } from './events.ts'

const record = { hook: 'on_run_start', time: '2026-11-21T05:56:09Z', host: 'evalspan', data: { run_id: 'r' } }

describe('toRecord', () => {
  it('writes hook, time, host and data, in this order', () => {
    const event: HookEvent = { hook: 'onSampleEnd', data: sampleEnd(), meta: live }
    expect(JSON.stringify(toRecord(event))).toBe(
      '{"hook":"on_sample_end","time":"2026-11-21T05:56:09.518245Z","host":"evalspan","data":' +
        `${JSON.stringify(sampleEnd())}}`,
    )
  })

  it('writes what fromRecord reads, for every event', () => {
    const events = hookNames.map((hook) => ({ hook, data: { any: 1 }, meta: live }) as unknown as HookEvent)
    expect(events.map((event) => fromRecord(toRecord(event), { replay: false }))).toEqual(events)
    expect(events.map((event) => toRecord(event).hook)).toEqual(hookNames.map(toWireName))
  })
})

describe('fromRecord', () => {
  it('says whether it is a replay', () => {
    expect(fromRecord(record, { replay: true })).toEqual({
      hook: 'onRunStart',
      data: { run_id: 'r' },
      meta: { time: '2026-11-21T05:56:09Z', host: 'evalspan', replay: true },
    })
  })

  it.each([
    ['2026-11-21T05:56:09.518245Z', '2026-11-21T05:56:09.518245Z'],
    ['2026-11-21T05:56:09.518245+00:00', '2026-11-21T05:56:09.518245Z'],
    ['2026-11-21T07:26:09.518245678+01:30', '2026-11-21T05:56:09.518245678Z'],
    ['2026-11-20 23:56:09,5-0600', '2026-11-21T05:56:09.500Z'],
    ['2026-12-31T23:30:00-02', '2027-01-01T01:30:00Z'],
    ['2026-11-21T05:56:09.1234567899Z', '2026-11-21T05:56:09.123456789Z'],
    ['2026-11-21T05:56:09', '2026-11-21T05:56:09Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
    [1795252259.940286, '2026-11-21T09:10:59.940286Z'],
    [1795252259, '2026-11-21T09:10:59Z'],
    [0, '1970-01-01T00:00:00Z'],
  ])('reads the time %s', (time, expected) => {
    expect(fromRecord({ ...record, time }, { replay: false }).meta.time).toBe(expected)
  })

  it.each([
    '',
    'now',
    '2026-11-21',
    '2026-13-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-02-30T00:00:00+05:00',
    '2026-11-21T24:00:00Z',
    '2026-11-21T05:56:60Z',
    '2026-11-21T05:56:09+99:00',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e20,
    null,
    true,
    [['2026-11-21T05:56:09Z']],
  ])('refuses the time %j', (time) => {
    expect(() => fromRecord({ ...record, time }, { replay: false })).toThrow(
      new EvalspanError(
        'BAD_LOG',
        'a record of an event cannot be read: "time" of a record of on_run_start is neither ISO 8601 nor Unix seconds: ' +
          (typeof time === 'number' ? String(time) : JSON.stringify(time)),
      ),
    )
  })

  it.each([
    [undefined, 'it is undefined instead of an object with hook, time, host and data'],
    [null, 'it is null instead of an object with hook, time, host and data'],
    [[record], 'it is an array instead of an object with hook, time, host and data'],
    ['text', 'it is a string instead of an object with hook, time, host and data'],
    [{ ...record, hook: undefined }, '"hook" is missing'],
    [{ ...record, time: undefined }, '"time" is missing in a record of on_run_start'],
    [{ ...record, data: undefined }, '"data" is missing in a record of on_run_start'],
    [{ ...record, data: null }, '"data" of a record of on_run_start is null instead of an object'],
    [{ ...record, data: [] }, '"data" of a record of on_run_start is an array instead of an object'],
    [{ ...record, host: 'other' }, '"host" of a record of on_run_start is neither evalspan nor inspect: "other"'],
  ])('says what is wrong with %j', (value, message) => {
    expect(() => fromRecord(value, { replay: false })).toThrow(
      new EvalspanError('BAD_LOG', `a record of an event cannot be read: ${message}`),
    )
  })

  it.each(['on_new_event', 'onRunStart', 'toString', '__proto__', 7, null])('does not know the hook %j', (hook) => {
    expect(() => fromRecord({ ...record, hook }, { replay: false })).toThrow(
      `${JSON.stringify(hook)} is no hook that this version knows (on_eval_set_start, `,
    )
  })

  it('reads every record of the runs recorded from Inspect', async () => {
    const files = await Array.fromAsync(glob('test/fixtures/inspect/*.hooks.jsonl'))
    let records = 0
    for (const file of files) {
      const lines = (await readFile(file, 'utf8')).trim().split('\n')
      for (const line of lines) {
        // Inspect writes NaN and Infinity, which is not JSON.
        const value = JSON.parse(line.replaceAll(/(?<=[:[,] ?)(NaN|-?Infinity)(?=[,\]}])/g, 'null')) as { hook: string }
        const event = fromRecord(value, { replay: false })
        expect(event.meta).toEqual({
          time: expect.stringMatching(/^2026-11-\d\dT[\d:]{8}\.\d{6}Z$/),
          host: 'inspect',
          replay: false,
        })
        expect(toRecord(event).hook).toBe(value.hook)
        records += 1
      }
    }
    expect(records).toBeGreaterThan(files.length * 5)
  })
})
