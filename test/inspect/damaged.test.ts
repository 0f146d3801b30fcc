/** What the fuzzer found (`npm run fuzz`), each as the smallest log that shows it. */
import { zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { parse } from '../../src/inspect/json.ts'
import { bomb, type BombText } from '../fuzz/bomb.ts'
import { newMember, writeZip as writeParts } from '../fuzz/zip-model.ts'
import { processorSeconds } from '../processor-seconds.ts'
import { header, sample } from './log-text.ts'
import { openingError, readIds } from './read-all.ts'
import { temporaryFile } from './temporary-file.ts'
import { writeZip, type NewMember } from './zip-writer.ts'

function member(name: string, data: unknown, more: Partial<NewMember> = {}): NewMember {
  return { name, data: JSON.stringify(data), ...more }
}

const first = member('samples/first_epoch_1.json', sample('first'))

function evalFile(...members: readonly NewMember[]): string {
  return temporaryFile('log.eval', writeZip([first, ...members, member('header.json', header())]))
}

function jsonFile(text: string): string {
  return temporaryFile('log.json', text)
}

const parts = [sample('a', 1), sample('b', 2), sample('c', 3)].map((each) => JSON.stringify(each))
const [a, b, c] = parts as [string, string, string]

function jsonLog(samples: string, rest = ',"reductions":[]}'): string {
  return `${JSON.stringify(header()).slice(0, -1)},"samples":${samples}${rest}`
}

describe('a .json log', () => {
  it('is told of when its samples are no list', async () => {
    const problems = ['"x"', '{}', '0'].map((value) => openingError(jsonFile(jsonLog(value))))
    expect(await Promise.all(problems)).toEqual(
      ['a string', 'an object', 'a number'].map(
        (kind) =>
          `opened, but log.json: the header: samples is ${kind}, not a list, which Inspect never writes; restore the log as it was written`,
      ),
    )
  })

  it('is read up to a bracket too many, and what follows is told as lost', async () => {
    const at = jsonLog(`[${a},${b}`).length - ',"reductions":[]}'.length
    const braced = jsonFile(jsonLog(`[${a},${b}},${c}]`))
    expect(await readIds(braced)).toEqual([
      'a',
      'b',
      `BAD_LOG log.json: samples[2]: is damaged: at byte ${at} a bracket is closed that is not open, and what followed is lost; copy the log again`,
    ])
    const closed = jsonFile(jsonLog(`[${a},${b}],${c}]`))
    expect(await openingError(closed)).toBe(
      `opened, but log.json: is damaged: at byte ${at + 2 + c.length} a bracket is closed that is not open, and what followed is lost`,
    )
    expect(await readIds(closed)).toEqual(['a', 'b'])
    expect(await openingError(jsonFile(`${JSON.stringify(header()).slice(0, -1)}]`))).toMatch(
      /is damaged in its header: at byte \d+ a bracket is closed that is not open/,
    )
  })

  it('has times of any kind, which are no times', async () => {
    const depth = 20_000
    const deep = a.replace(/"completed_at":"[^"]*"/, `"completed_at":${'['.repeat(depth)}${']'.repeat(depth)}`)
    expect(await readIds(jsonFile(jsonLog(`[${deep},${b}]`)))).toEqual(['a', 'b'])
  })

  it('is told of when something follows its end', async () => {
    const text = jsonLog(`[${a}]`)
    expect(await openingError(jsonFile(`${text}}x`))).toBe(
      `opened, but log.json: ends early: what comes from byte ${text.length} on is lost; copy the log again`,
    )
    expect(await openingError(jsonFile(`${text}\n\0\0`))).toBe('opened')
  })
})

describe('a header', () => {
  it('is told of when an id is no text, which would end the replay of all logs', async () => {
    const odd = { toString: 1, valueOf: 2 }
    const problems = ['run_id', 'task_id', 'eval_id', 'eval_set_id', 'task_version'].map((name) => {
      const { eval: spec, ...others } = header()
      return openingError(
        jsonFile(JSON.stringify({ ...others, eval: { ...(spec as object), [name]: odd }, samples: [] })),
      )
    })
    expect((await Promise.all(problems)).map((problem) => problem.replace(/, which.*/, ''))).toEqual([
      'BAD_LOG log.json: the header: eval.run_id is an object, not a string',
      'BAD_LOG log.json: the header: eval.task_id is an object, not a string',
      'BAD_LOG log.json: the header: eval.eval_id is an object, not a string',
      'BAD_LOG log.json: the header: eval.eval_set_id is an object, not a string',
      'BAD_LOG log.json: the header: eval.task_version is an object, not a string or number',
    ])
  })

  it('keeps what is good when its results are something else', async () => {
    for (const results of [{ total_samples: {} }, { scores: [{ name: [], metrics: {} }] }]) {
      const text = JSON.stringify({ ...header({ results }), samples: [sample('a')] })
      expect(await openingError(jsonFile(text))).toMatch(/^opened, but log\.json: the header: results\./)
      expect(await readIds(jsonFile(text))).toEqual(['a'])
    }
  })
})

describe('a ZIP', () => {
  it('is searched once for what is left of it, however much looks like a member', async () => {
    const whole = writeZip([member('_journal/start.json', header()), first])
    const cut = whole.subarray(0, whole.lastIndexOf('PK\x01\x02') - 10)
    const path = temporaryFile('log.eval', Buffer.concat([cut, Buffer.alloc(2 ** 20, 'PK\x03\x04', 'latin1')]))
    expect(await openingError(path)).toContain('its directory, which comes last, is missing')
  }, 60_000)

  it('whose directory says that it is shorter than it is is searched', async () => {
    const members = [
      first,
      member('samples/last_epoch_1.json', sample('last')),
      member('_journal/start.json', header()),
    ]
    for (const count of [0, 1, 2]) {
      const bytes = writeZip(members)
      bytes.writeUInt16LE(count, bytes.length - 22 + 10)
      const path = temporaryFile('log.eval', bytes)
      expect(await openingError(path)).toBe(
        'opened, but log.eval: the directory of the ZIP is damaged (it has more members than it says); copy the file again; what could be found in it is read',
      )
      expect(await readIds(path)).toEqual(['first', 'last'])
    }
  })

  it('has names of any length, which messages cut', async () => {
    const path = evalFile(member(`samples/${'x'.repeat(60_000)}_epoch_1.json`, []))
    const [, problem] = await readIds(path)
    expect(problem).toMatch(/^BAD_LOG log\.eval: samples\/x+…x+_epoch_1\.json: the sample is a list/)
    expect(String(problem).length).toBeLessThan(400)
  })

  it('has members of many frames, of which the first is no measure for the others', async () => {
    const text = JSON.stringify(sample('a', 0, { input: 'x'.repeat(50_000) }))
    const frames = Array.from({ length: 500 }, (_, index) =>
      zstdCompressSync(text.slice((index * text.length) / 500, ((index + 1) * text.length) / 500)),
    )
    const path = evalFile({ name: 'samples/a_epoch_1.json', data: text, lie: { content: Buffer.concat(frames) } })
    expect(await readIds(path)).toEqual(['first', 'a'])
  })
})

describe('a small member that expands to something huge', () => {
  async function problemOf(text: BombText, method: 8 | 93, claimed?: number): Promise<string> {
    const small = bomb('samples/a_epoch_1.json', text, method, claimed)
    const model = { members: [small, newMember('header.json', JSON.stringify(header()), 0)], end: {} }
    const path = temporaryFile('log.eval', writeParts(model).bytes)
    const [problem] = await readIds(path)
    return String(problem).replace('BAD_LOG log.eval: samples/a_epoch_1.json: ', '')
  }

  it.each([8, 93] as const)('is refused before it is held when it is no JSON (method %i)', async (method) => {
    const before = process.memoryUsage.rss()
    for (const filling of ['\0', ' ', 'text']) {
      const problem = await problemOf({ start: '', filling, end: '', mebibytes: 400 }, method)
      expect(problem).toBe(`expands to ${400 * 2 ** 20} bytes that are no JSON`)
    }
    expect(process.memoryUsage.rss() - before).toBeLessThan(300e6)
  })

  it('is refused when it makes more objects than fit in memory', async () => {
    const lists = { start: '{"id":"a","epoch":1,"events":[', filling: '{}, ', end: '{}]}', mebibytes: 160 }
    expect(await problemOf(lists, 8)).toMatch(
      /^makes objects of \d+ bytes out of \d+, which may be more than fit in memory/,
    )
  })

  it('is read when it is a long text', async () => {
    const text = { start: '{"id":"long","epoch":1,"input":"', filling: 'x', end: '"}', mebibytes: 16 }
    expect(await problemOf(text, 93)).toBe('long')
  })

  it('is read no further than it says it is long', async () => {
    const text = { start: '{"id":"long","epoch":1,"input":"', filling: 'x', end: '"}', mebibytes: 2000 }
    expect(await problemOf(text, 8, 2 ** 26)).toMatch(/^has more than 67108864 bytes: the file is damaged/)
  })
})

describe('a sample', () => {
  it('is told of by the field that is something else', async () => {
    const at = '2026-01-01T00:00:00Z'
    const events: { readonly [name: string]: object } = {
      uuid: { event: 'info', timestamp: at, uuid: {} },
      span: { event: 'info', timestamp: at, span_id: [] },
      begin: { event: 'span_begin', timestamp: at, id: {}, name: 'x' },
      name: { event: 'span_begin', timestamp: at, id: 'x', name: [[]] },
      end: { event: 'span_end', timestamp: at, id: null },
      role: { event: 'model', timestamp: at, model: 'm', role: {} },
      content: { event: 'model', timestamp: at, model: 'm', input: [{ role: 'user', content: 7 }] },
      part: { event: 'model', timestamp: at, model: 'm', input: [{ role: 'user', content: [null] }] },
      usage: { event: 'model', timestamp: at, model: 'm', output: { usage: { input_tokens: 'many' } } },
      call: { event: 'tool', timestamp: at, function: 'f', id: [] },
      edit: { event: 'score_edit', timestamp: at, score_name: {} },
    }
    const members = Object.entries(events).map(([id, event]) =>
      member(`samples/${id}_epoch_1.json`, sample(id, 0, { events: [event] })),
    )
    members.push(member('samples/own_epoch_1.json', sample('own', 0, { uuid: [] })))
    const found = await readIds(evalFile(...members))
    expect(
      found.map((each) => String(each).replace(/^BAD_LOG log\.eval: samples\/\w+_epoch_1\.json: |, which.*$/g, '')),
    ).toMatchInlineSnapshot(`
      [
        "first",
        "events[0].uuid is an object, not a string",
        "events[0].span_id is a list, not a string",
        "events[0].id is an object, not a string",
        "events[0].name is a list, not a string",
        "events[0].id is left out, not a string",
        "events[0].role is an object, not a string",
        "events[0].input[0].content is a number, not a list",
        "events[0].input[0].content[0] is null, not an object",
        "events[0].output.usage.input_tokens is a string, not a number",
        "events[0].id is a list, not a string",
        "events[0].score_name is an object, not a string",
        "uuid is a list, not a string",
      ]
    `)
  })

  it('may be nested deeper than can be followed', async () => {
    const depth = 50_000
    const open = '{"event":"tool","timestamp":"2026-01-01T00:00:00Z","function":"f","events":['
    const deep = JSON.stringify(sample('deep')).replace(
      '"events":[]',
      `"events":[${open.repeat(depth)}${']}'.repeat(depth)}]`,
    )
    expect(await readIds(evalFile({ name: 'samples/deep_epoch_1.json', data: deep }))).toEqual([
      'first',
      'BAD_LOG log.eval: samples/deep_epoch_1.json: is nested deeper than can be followed, which Inspect never writes; restore the log as it was written',
    ])
  })

  it('is told of when its calls refer to the same messages again and again', async () => {
    const messages = Array.from({ length: 1000 }, (_, index) => ({ role: 'user', content: `${index}` }))
    const input_refs = Array.from({ length: 100_000 }, () => [0, 1000])
    const call = { event: 'model', timestamp: '2026-01-01T00:00:00Z', model: 'm', input: [], input_refs }
    const record = sample('a', 0, { events: [call], events_data: { messages, calls: [] } })
    expect(await readIds(evalFile(member('samples/a_epoch_1.json', record)))).toEqual([
      'first',
      'BAD_LOG log.eval: samples/a_epoch_1.json: refers to more than 200000 messages at once, which no model takes; copy the log again',
    ])
  })

  it('leaves out ranges of messages that are none', async () => {
    const messages = [{ role: 'user', content: 'x' }]
    const input_refs = [['a', {}], [0.5, 1.5], null, 7, [-5, 1], [0, 1e9]]
    const call = { event: 'model', timestamp: '2026-01-01T00:00:00Z', model: 'm', input: [], input_refs }
    const record = sample('a', 0, { events: [call], events_data: { messages, calls: [] } })
    expect(await readIds(evalFile(member('samples/a_epoch_1.json', record)))).toEqual(['first', 'a'])
  })
})

describe('a sample in chunks', () => {
  const call = {
    event: 'model',
    timestamp: '2026-01-01T00:00:00Z',
    model: 'm',
    input: [],
    input_refs: [[0, 2]],
    call: { request: {}, call_refs: [[0, 1]] },
    error: 'attachment://1',
  }
  const chunks: { readonly [name: string]: unknown } = {
    'sample.json': { ...sample('a'), events: undefined, message_refs: [[0, 2]] },
    'events/stats.json': {
      chunks: [
        { start: 0, type_counts: { model: 1 } },
        { start: 1, type_counts: { model: 1 } },
      ],
    },
    'messages/0.json': [{ role: 'user', content: 'x' }],
    'messages/1.json': [{ role: 'user', content: 'y' }],
    'events/0.json': [call],
    'events/1.json': [call],
    'calls/0.json': ['call'],
    'attachments/0.json': ['one', 'two'],
  }

  it.each([
    ['events/1.json', 'has 1 of 2 events'],
    ['messages/1.json', 'has 1 of 2 messages'],
    ['calls/0.json', 'has 0 of 1 calls'],
    ['attachments/0.json', 'has 0 of 2 attachments'],
    ['nothing', undefined],
  ])('is told of when a chunk is missing at the end: %s', async (missing, problem) => {
    const members = Object.entries(chunks)
      .filter(([name]) => name !== missing)
      .map(([name, data]) => member(`samples/a_epoch_1/${name}`, data))
    const told = `BAD_LOG log.eval: samples/a_epoch_1: ${problem}: the file is damaged; copy it again from where it was written`
    expect(await readIds(evalFile(...members))).toEqual(['first', problem === undefined ? 'a' : told])
  })
})

describe('the shell of a sample in chunks', () => {
  it('is no sample by itself', async () => {
    const shell = member('samples/a_epoch_1.json', sample('a', 0, { message_refs: [[0, 1]] }))
    expect(await readIds(evalFile(shell))).toEqual([
      'first',
      'BAD_LOG log.eval: samples/a_epoch_1.json: is what holds a sample in chunks together, under another name; restore the log as it was written',
    ])
  })
})

describe('a JSON text', () => {
  it('of blanks is said to be none in next to no time', () => {
    const blanks = ' '.repeat(50_000_000)
    const seconds = processorSeconds(() => {
      expect(() => parse(blanks)).toThrow('it ends too early, at position 50000000')
    })
    expect(seconds).toBeLessThan(2)
  })
})
