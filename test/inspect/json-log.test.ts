import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { JsonLogScanner } from '../../src/inspect/json-log-scanner.ts'
import { openLog } from '../../src/inspect/log.ts'
import { header, sample } from './log-text.ts'
import { openingError, readAll, readIds } from './read-all.ts'
import { temporaryFile } from './temporary-file.ts'

function jsonLog(samples: readonly unknown[], changes: object = {}, indent = 2): string {
  return JSON.stringify(
    { ...header(changes), samples, reductions: [{ scorer: 'match', samples: [{ id: 1 }] }] },
    null,
    indent,
  )
}

function jsonFile(text: string): string {
  return temporaryFile('2026-11-21T09-11-00_log.json', text)
}

const tricky = sample('tricky "id" \\ é 😀', 1, {
  metadata: { samples: [{ id: 'inner', epoch: 9 }], id: 'other', text: '"}],{[\\', deep: [[[{ reductions: [] }]]] },
  messages: [{ role: 'user', content: `${'long text with \\" and { '.repeat(20)}\\` }],
})

describe('a .json log', () => {
  it('is read sample by sample, with the header apart', async () => {
    const samples = [sample('b', 2), tricky, sample(3, 3)]
    for (const indent of [0, 2]) {
      const path = jsonFile(jsonLog(samples, {}, indent))
      const log = await openLog(path)
      expect(log.header).toMatchObject(header())
      expect(Object.keys(log.header)).not.toContain('reductions')
      await log.close()
      expect(await readAll(path)).toEqual([tricky, sample('b', 2), sample(3, 3)])
    }
  })

  it('is read alike however its bytes come', () => {
    const bytes = Buffer.from(jsonLog([sample('b', 2), tricky, sample(3, 3)]))
    const scan = (size: number): unknown => {
      const scanner = new JsonLogScanner(0)
      for (let position = 0; position < bytes.length; position += size) {
        scanner.push(bytes.subarray(position, position + size))
      }
      return { header: scanner.header, samples: scanner.samples, end: scanner.end }
    }
    const whole = scan(bytes.length)
    for (const size of [1, 2, 3, 7, 64, 1000]) expect(scan(size)).toEqual(whole)
  })

  it('filters by what it noted of each sample', async () => {
    const keys: unknown[] = []
    const path = jsonFile(jsonLog([sample('b', 2), tricky, sample(3, 3)]))
    const match = (key: { id: string | number }): boolean => keys.push(key) > 0 && key.id === 3
    expect(await readIds(path, { match })).toEqual([3])
    expect(keys).toEqual([tricky, sample('b'), sample(3)].map(({ id, epoch, uuid }) => ({ id, epoch, uuid })))
  })

  it('takes the last of two that are the same sample', async () => {
    const path = jsonFile(jsonLog([sample('a', 1, { target: 'old' }), sample('b', 2), sample('a', 3)]))
    expect(await readAll(path)).toEqual([sample('b', 2), sample('a', 3)])
  })

  it('may start with a mark of UTF-8 and blanks', async () => {
    expect(await readIds(jsonFile(`\uFEFF\n ${jsonLog([sample('a')])}\n`))).toEqual(['a'])
  })

  it('may have no samples', async () => {
    expect(await readIds(jsonFile(JSON.stringify(header())))).toEqual([])
    expect(await readIds(jsonFile(JSON.stringify(header({ samples: null }))))).toEqual([])
    expect(await readIds(jsonFile(JSON.stringify(header({ samples: [] }))))).toEqual([])
  })

  it('is read with NaN and long integers in header and samples', async () => {
    const text = jsonLog([sample('a', 0, { metadata: { big: 'BIG', nan: 'NAN' } })], { metadata: { nan: 'NAN' } })
    const path = jsonFile(text.replaceAll('"NAN"', 'NaN').replaceAll('"BIG"', '9007199254740993'))
    const log = await openLog(path)
    expect(log.header.metadata).toEqual({ nan: Number.NaN })
    await log.close()
    expect(await readAll(path)).toEqual([sample('a', 0, { metadata: { big: '9007199254740993', nan: Number.NaN } })])
  })

  it('gives the samples around one that cannot be read', async () => {
    const samples = [sample('a', 1), 'text', 5, null, [1, { id: 'x' }], { epoch: 1 }, sample('bad', 2), sample('b', 3)]
    const path = jsonFile(jsonLog(samples).replace('"uuid-bad"', '"uuid-bad" oops'))
    expect(await readIds(path)).toMatchInlineSnapshot(`
      [
        "a",
        "BAD_LOG 2026-11-21T09-11-00_log.json: samples[1]: the sample is a string, not an object, which Inspect never writes; restore the log as it was written",
        "BAD_LOG 2026-11-21T09-11-00_log.json: samples[2]: the sample is a number, not an object, which Inspect never writes; restore the log as it was written",
        "BAD_LOG 2026-11-21T09-11-00_log.json: samples[3]: the sample is null, not an object, which Inspect never writes; restore the log as it was written",
        "BAD_LOG 2026-11-21T09-11-00_log.json: samples[4]: the sample is a list, not an object, which Inspect never writes; restore the log as it was written",
        "BAD_LOG 2026-11-21T09-11-00_log.json: samples[5]: id is left out, not a string or number, which Inspect never writes; restore the log as it was written",
        "BAD_LOG 2026-11-21T09-11-00_log.json: samples[6]: not valid JSON at position 248; copy the log again from where it was written",
        "b",
      ]
    `)
  })
})

describe('a .json log that is cut off', () => {
  const text = jsonLog([sample('a', 1), tricky, sample('c', 3)])

  it('is read up to there', async () => {
    const cuts = [
      text.indexOf('long text'),
      text.indexOf('"id": "tricky') - 10,
      text.indexOf('"reductions"', text.indexOf('uuid-c')) + 20,
    ]
    const results = cuts.map((length) => readIds(jsonFile(text.slice(0, length))))
    expect(await Promise.all(results)).toMatchInlineSnapshot(`
      [
        [
          "a",
          "BAD_LOG 2026-11-21T09-11-00_log.json: samples[1]: is cut off, after 1041 bytes, and what followed is lost; copy the log again",
        ],
        [
          "a",
          "BAD_LOG 2026-11-21T09-11-00_log.json: samples[1]: is cut off, after 849 bytes, and what followed is lost; copy the log again",
        ],
        [
          "a",
          "tricky "id" \\ é 😀",
          "c",
        ],
      ]
    `)
  })

  it('can be cut at any byte', async () => {
    const bytes = Buffer.from(readFileSync(join(import.meta.dirname, '../fixtures/inspect/json_format.json')))
    for (let length = 1; length < bytes.length; length += 797) {
      const path = jsonFile(bytes.toString('latin1', 0, length))
      const error = await openingError(path)
      if (error === 'opened') expect((await readIds(path)).length).toBeGreaterThan(0)
      else expect(error).toContain('is cut off in its header')
    }
  })

  it('is refused when its header is not whole', async () => {
    expect([
      await openingError(jsonFile('{')),
      await openingError(jsonFile(text.slice(0, text.indexOf('"plan"')))),
      await openingError(jsonFile(text.replace('"status"', 'status'))),
      await openingError(jsonFile(text.replace('"eval": {', '"eval": [], "x": {'))),
      await openingError(jsonFile('{}')),
    ]).toMatchInlineSnapshot(`
      [
        "BAD_LOG 2026-11-21T09-11-00_log.json: is cut off in its header, after 1 bytes; copy it again from where it was written",
        "BAD_LOG 2026-11-21T09-11-00_log.json: is cut off in its header, after 312 bytes; copy it again from where it was written",
        "BAD_LOG 2026-11-21T09-11-00_log.json: the header: not valid JSON at position 23; copy the log again from where it was written",
        "BAD_LOG 2026-11-21T09-11-00_log.json: the header: eval is a list, not an object, which Inspect never writes; restore the log as it was written",
        "BAD_LOG 2026-11-21T09-11-00_log.json: the header: eval is left out, so this is no log of Inspect; give a log that Inspect wrote",
      ]
    `)
  })
})
