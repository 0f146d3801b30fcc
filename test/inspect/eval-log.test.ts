import { constants } from 'node:buffer'
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openLog } from '../../src/inspect/log.ts'
import { header, sample } from './log-text.ts'
import { openingError, readAll, readIds } from './read-all.ts'
import { temporaryFile } from './temporary-file.ts'
import { writeZip, type NewMember } from './zip-writer.ts'

const fixtures = join(import.meta.dirname, '../fixtures/inspect')

function member(name: string, data: unknown, more: Partial<NewMember> = {}): NewMember {
  return { name, data: JSON.stringify(data), ...more }
}

function sampleMember(id: string | number, second = 0, more: Partial<NewMember> = {}): NewMember {
  return member(`samples/${id}_epoch_1.json`, sample(id, second), more)
}

function summariesOf(...samples: readonly { [name: string]: unknown }[]): NewMember {
  return member(
    'summaries.json',
    samples.map(({ id, epoch, uuid, completed_at }) => ({ id, epoch, uuid, completed_at })),
  )
}

function evalFile(members: readonly NewMember[], options: { zip64?: boolean } = {}): string {
  return temporaryFile('log.eval', writeZip([...members, member('header.json', header())], options))
}

describe('an .eval log', () => {
  it.each([0, 8, 93] as const)('is read with compression method %i', async (method) => {
    const path = evalFile([sampleMember('a', 1, { method }), sampleMember('b', 2, { method })])
    expect(await readAll(path)).toEqual([sample('a', 1), sample('b', 2)])
  })

  it('is not read on when it is written anew in its place, and says so once', async () => {
    const path = evalFile([sampleMember('a', 1), sampleMember('b', 2), sampleMember('c', 3)])
    utimesSync(path, 1, 1)
    const log = await openLog(path)
    const entries = log.samples()
    expect((await entries.next()).value).toMatchObject({ sample: { id: 'a' } })
    // The sample after the one that is at work may have been read ahead.
    writeFileSync(path, 'another log')
    const rest = await Array.fromAsync(entries)
    expect(rest.filter((entry) => 'error' in entry).map(({ error }) => error.message)).toEqual([
      expect.stringMatching(
        /\/log\.eval: samples\/[bc]_epoch_1\.json: was replaced or removed while it was read; read it again$/,
      ),
    ])
    await log.close()
  })

  it('is read with several zstd frames in a member', async () => {
    const path = evalFile([sampleMember('a', 1, { frames: 5 })])
    expect(await readAll(path)).toEqual([sample('a', 1)])
  })

  it('is read with 64-bit records', async () => {
    const path = evalFile([sampleMember('a', 1), sampleMember('b', 2, { method: 8 })], { zip64: true })
    expect(await readAll(path)).toEqual([sample('a', 1), sample('b', 2)])
  })

  it('is read with more members than 16 bits count', async () => {
    const many = Array.from({ length: 66_000 }, (_, index) => member(`other/${index}`, 0, { method: 0 }))
    const path = evalFile([...many, sampleMember('last')], { zip64: true })
    expect(await readIds(path)).toEqual(['last'])
  }, 20_000)

  it('counts the last of members with the same name', async () => {
    const old = member('samples/a_epoch_1.json', sample('a', 1, { target: 'old' }))
    const path = evalFile([old, member('header.json', { broken: true }), sampleMember('a', 2)])
    expect(await readAll(path)).toEqual([sample('a', 2)])
  })

  it('comes in the order of completion, in that of the file where it is the same or missing', async () => {
    const { completed_at: _, ...untimed } = sample('d')
    const samples = [sample('c', 3), sample('a', 1), untimed, sample('b', 1), sample('e', 3)]
    const members = samples.map((item) => member(`samples/${item.id}_epoch_1.json`, item))
    const ids = await readIds(evalFile([...members, summariesOf(...samples)]))
    expect(ids).toEqual(['a', 'd', 'b', 'c', 'e'])
  })

  it('compares times to the microsecond and across offsets', async () => {
    const times = ['2026-01-01T00:00:00.000002+00:00', '2026-01-01T01:00:00.000001+01:00', '2025-12-31T23:59:59Z']
    const samples = times.map((completed_at, index) => sample(index, 0, { completed_at }))
    const members = samples.map((item) => member(`samples/${item.id}_epoch_1.json`, item))
    expect(await readIds(evalFile([...members, summariesOf(...samples)]))).toEqual([2, 1, 0])
  })

  it('tells numbers from strings in ids without summaries, and copes with any text in them', async () => {
    const odd = ['a/b', '../../up', 'back\\slash', 'é 😀', '_epoch_7', 'x_epoch_2.json', '']
    const spec = { ...(header()['eval'] as object), dataset: { sample_ids: [1, ...odd] } }
    const samples = [1, ...odd].map((id) => member(`samples/${id}_epoch_3.json`, sample(id, 0, { epoch: 3 })))
    const path = temporaryFile('log.eval', writeZip([...samples, member('header.json', header({ eval: spec }))]))
    const keys: unknown[] = []
    const ids = await readIds(path, {
      match: (key) => {
        keys.push(key.id, key.epoch)
        return true
      },
    })
    expect(ids).toEqual([1, ...odd])
    expect(keys).toEqual([1, ...odd].flatMap((id) => [id, 3]))
  })

  it('reads only what the filter lets through, up to the limit', async () => {
    const samples = [sample('a', 1), sample('b', 2), sample('c', 3)]
    const members = samples.map((item) => member(`samples/${item.id}_epoch_1.json`, item))
    const path = evalFile([...members, summariesOf(...samples)])
    expect(await readIds(path, { match: (key) => key.uuid !== 'uuid-b' })).toEqual(['a', 'c'])
    expect(await readIds(path, { limit: 2 })).toEqual(['a', 'b'])
    expect(await readIds(path, { limit: 0 })).toEqual([])
  })

  it('is read by its content, whatever its name', async () => {
    const zip = writeZip([sampleMember('a'), member('header.json', header())])
    expect(await readIds(temporaryFile('log.json', zip))).toEqual(['a'])
  })

  it('may have no samples', async () => {
    const log = await openLog(join(fixtures, 'no_log_samples.eval'))
    expect([log.header.eval.task, log.header.status]).toEqual(['no_log_samples', 'success'])
    expect((await log.samples().next()).done).toBe(true)
    await log.close()
    await log.close()
  })

  it('is read with a wrong list of summaries, or none', async () => {
    const members = [sampleMember('b', 2), sampleMember('a', 1)]
    expect(await readIds(evalFile([...members, summariesOf(sample('x'))]))).toEqual(['b', 'a'])
    expect(await readIds(evalFile([...members, { name: 'summaries.json', data: '[{' }]))).toEqual(['b', 'a'])
    expect(await readIds(evalFile([...members, member('summaries.json', { not: 'a list' })]))).toEqual(['b', 'a'])
  })

  it('may be read several times and in part', async () => {
    const log = await openLog(evalFile([sampleMember('a', 1), sampleMember('b', 2)]))
    for await (const entry of log.samples()) {
      expect('sample' in entry && entry.sample.id).toBe('a')
      break
    }
    const [first] = await Array.fromAsync(log.samples())
    expect(first).toMatchObject({ where: 'samples/a_epoch_1.json', sample: sample('a', 1) })
    await log.close()
    await expect(Array.fromAsync(log.samples())).rejects.toThrow('was closed')
  })
})

describe('a damaged .eval log', () => {
  it('gives every sample that can be read, and says of the others what is wrong', async () => {
    const lies: { readonly [id: string]: NewMember['lie'] } = {
      checksum: { crc32: 1 },
      long: { size: 10 },
      short: { size: 100_000 },
      huge: { size: constants.MAX_STRING_LENGTH + 1 },
      method: { method: 12 },
      encrypted: { flags: 1 },
      garbage: { content: Buffer.from('this is not zstd') },
      nothing: { content: Buffer.alloc(0) },
    }
    const members = Object.entries(lies).map(([id, lie]) => sampleMember(id, 0, { lie: lie! }))
    const cut = sampleMember('cut')
    const cutContent = writeZip([cut]).subarray(30 + cut.name.length, 30 + cut.name.length + 60)
    members.push({ ...cut, lie: { content: cutContent } })
    members.push({ ...cut, name: 'samples/inflate_epoch_1.json', method: 8, lie: { content: Buffer.from('??') } })
    expect(await readIds(evalFile([sampleMember('first'), ...members, sampleMember('last')]))).toMatchInlineSnapshot(`
      [
        "first",
        "BAD_LOG log.eval: samples/checksum_epoch_1.json: has a wrong checksum: the file is damaged; copy it again from where it was written",
        "BAD_LOG log.eval: samples/long_epoch_1.json: has more than 10 bytes: the file is damaged; copy it again from where it was written",
        "BAD_LOG log.eval: samples/short_epoch_1.json: has 231 bytes instead of 100000: the file is damaged; copy it again from where it was written",
        "BAD_LOG log.eval: samples/huge_epoch_1.json: has 536870889 bytes; no more than 536870888 can be read at once",
        "BAD_LOG log.eval: samples/method_epoch_1.json: is compressed with method 12, which Inspect does not use; repack the ZIP with deflate or zstd",
        "BAD_LOG log.eval: samples/encrypted_epoch_1.json: is encrypted; decrypt the log and try again",
        "BAD_LOG log.eval: samples/garbage_epoch_1.json: cannot be decompressed: the file is damaged; copy it again from where it was written",
        "BAD_LOG log.eval: samples/nothing_epoch_1.json: cannot be decompressed: the file is damaged; copy it again from where it was written",
        "BAD_LOG log.eval: samples/cut_epoch_1.json: cannot be decompressed: the file is damaged; copy it again from where it was written",
        "BAD_LOG log.eval: samples/inflate_epoch_1.json: cannot be decompressed: the file is damaged; copy it again from where it was written",
        "last",
      ]
    `)
  })

  it('gives the samples around one that has no usable shape', async () => {
    const texts: { readonly [id: string]: unknown } = {
      list: [],
      text: 'sample',
      null: null,
      'no-id': { epoch: 1 },
      id: { ...sample('x'), id: [] },
      epoch: { ...sample('x'), epoch: 'one' },
      events: { ...sample('x'), events: { 0: {} } },
      event: { ...sample('x'), events: [{ event: 'info', timestamp: '2026-01-01T00:00:00Z' }, 'event'] },
      kind: { ...sample('x'), events: [{ timestamp: '2026-01-01T00:00:00Z' }] },
      time: { ...sample('x'), events: [{ event: 'info' }] },
      message: {
        ...sample('x'),
        events: [
          { event: 'model', timestamp: '2026-01-01T00:00:00Z', model: 'm', output: { choices: [{ message: 'hi' }] } },
        ],
      },
      model: { ...sample('x'), events: [{ event: 'model', timestamp: '2026-01-01T00:00:00Z' }] },
      tool: { ...sample('x'), events: [{ event: 'tool', timestamp: '2026-01-01T00:00:00Z', function: 7 }] },
      'tool-error': {
        ...sample('x'),
        events: [{ event: 'tool', timestamp: '2026-01-01T00:00:00Z', function: 'f', error: { type: 'unknown' } }],
      },
      error: { ...sample('x'), error: {} },
      retry: { ...sample('x'), error_retries: [{ message: 5 }] },
      messages: { ...sample('x'), messages: 'hello' },
      input: { ...sample('x'), input: 3 },
      scores: { ...sample('x'), scores: { match: 1 } },
      pool: { ...sample('x'), events_data: { messages: [null] } },
    }
    const members = Object.entries(texts).map(([id, value]) => member(`samples/${id}_epoch_1.json`, value))
    members.push({ name: 'samples/json_epoch_1.json', data: '{"id":"json","epoch":1,"events":[' })
    members.push({ name: 'samples/empty_epoch_1.json', data: '' })
    expect(await readIds(evalFile([sampleMember('first'), ...members, sampleMember('last')]))).toMatchInlineSnapshot(`
      [
        "first",
        "BAD_LOG log.eval: samples/list_epoch_1.json: the sample is a list, not an object, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/text_epoch_1.json: the sample is a string, not an object, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/null_epoch_1.json: the sample is null, not an object, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/no-id_epoch_1.json: id is left out, not a string or number, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/id_epoch_1.json: id is a list, not a string or number, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/epoch_epoch_1.json: epoch is a string, not a number, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/events_epoch_1.json: events is an object, not a list, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/event_epoch_1.json: events[1] is a string, not an object, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/kind_epoch_1.json: events[0].event is left out, not a string, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/time_epoch_1.json: events[0].timestamp is left out, not a string, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/message_epoch_1.json: events[0].output.choices[0].message is a string, not an object, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/model_epoch_1.json: events[0].model is left out, not a string, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/tool_epoch_1.json: events[0].function is a number, not a string, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/tool-error_epoch_1.json: events[0].error.message is left out, not a string, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/error_epoch_1.json: error.message is left out, not a string, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/retry_epoch_1.json: error_retries[0].message is a number, not a string, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/messages_epoch_1.json: messages is a string, not a list, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/input_epoch_1.json: input is a number, not a list, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/scores_epoch_1.json: scores.match is a number, not an object, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/pool_epoch_1.json: events_data.messages[0] is null, not an object, which Inspect never writes; restore the log as it was written",
        "BAD_LOG log.eval: samples/json_epoch_1.json: not valid JSON: it ends too early, at position 33; copy the log again from where it was written",
        "BAD_LOG log.eval: samples/empty_epoch_1.json: not valid JSON: it ends too early, at position 0; copy the log again from where it was written",
        "last",
      ]
    `)
  })

  it('tells of samples that are listed and missing', async () => {
    const path = evalFile([sampleMember('a', 1), summariesOf(sample('a', 1), sample('gone', 0))])
    expect(await readIds(path)).toMatchInlineSnapshot(`
      [
        "BAD_LOG log.eval: samples/gone_epoch_1.json: is listed in the summaries but missing: the file is damaged; copy it again from where it was written",
        "a",
      ]
    `)
  })

  it('says why it cannot be opened, or what is wrong with it', async () => {
    const whole = writeZip([sampleMember('a'), member('header.json', header())])
    const directory = Buffer.from(whole)
    directory.writeUInt32LE(0, whole.readUInt32LE(whole.length - 6))
    const headers: { readonly [name: string]: NewMember[] } = {
      'no-header': [sampleMember('a')],
      'nothing-in-it': [],
      'header-cut': [{ name: 'header.json', data: '{"version":2,"eval":{' }],
      'header-checksum': [member('header.json', header(), { lie: { crc32: 1 } })],
      'header-list': [member('header.json', [])],
      'header-empty': [member('header.json', {})],
      'eval-text': [member('header.json', { eval: 'x' })],
      'eval-empty': [member('header.json', { eval: {} })],
      'scores-text': [member('header.json', header({ results: { scores: [{ metrics: { accuracy: 1 } }] } }))],
    }
    const errors = [
      await openingError(temporaryFile('cut.eval', whole.subarray(0, whole.length - 30))),
      await openingError(temporaryFile('longer.eval', Buffer.concat([whole, Buffer.from('x')]))),
      await openingError(temporaryFile('directory.eval', directory)),
    ]
    for (const [name, members] of Object.entries(headers)) {
      errors.push(await openingError(temporaryFile(`${name}.eval`, writeZip(members))))
    }
    errors.push(
      await openingError(join(fixtures, 'inprogress/2026-11-21T09-11-26-00-00_inprogress_CVMQm6U6tSiq6tbz9C4rNk.eval')),
    )
    expect(errors).toMatchInlineSnapshot(`
      [
        "opened, but cut.eval: the ZIP is cut off: its directory, which comes last, is missing; it is still being copied, or copying failed; what could be found in it is read",
        "opened, but longer.eval: the directory of the ZIP is damaged (Invalid comment length. Expected: 1. Found: 0. Are there extra bytes at the end of the file? Or is the end of central dir signature \`PK☺☻\` in the comment?); copy the file again; what could be found in it is read",
        "opened, but directory.eval: the directory of the ZIP is damaged (invalid central directory file header signature: 0x0); copy the file again; what begins at byte 472 of 619 is not whole; what could be found in it is read",
        "BAD_LOG no-header.eval: is a ZIP, but no log of Inspect; give a log that Inspect wrote",
        "BAD_LOG nothing-in-it.eval: is a ZIP, but no log of Inspect; give a log that Inspect wrote",
        "BAD_LOG header-cut.eval: header.json: not valid JSON: it ends too early, at position 21; copy the log again from where it was written",
        "BAD_LOG header-checksum.eval: header.json: has a wrong checksum: the file is damaged; copy it again from where it was written",
        "BAD_LOG header-list.eval: header.json: it is a list, not an object, which Inspect never writes; restore the log as it was written",
        "BAD_LOG header-empty.eval: header.json: eval is left out, so this is no log of Inspect; give a log that Inspect wrote",
        "BAD_LOG eval-text.eval: header.json: eval is a string, not an object, which Inspect never writes; restore the log as it was written",
        "BAD_LOG eval-empty.eval: header.json: eval.task is left out, not a string, which Inspect never writes; restore the log as it was written",
        "opened, but scores-text.eval: header.json: results.scores[0].metrics.accuracy is a number, not an object, which Inspect never writes; restore the log as it was written",
        "opened",
      ]
    `)
  })
})

describe('what is no log', () => {
  it('is said to be none', async () => {
    const path = temporaryFile('empty.eval', '')
    expect([
      await openingError(path),
      await openingError(join(path, '..')).then((text) => text.replace(/evalspan-\w+/, 'folder')),
      await openingError(`${path}.missing`),
      await openingError(`${path}/below`),
      await openingError(temporaryFile('text.eval', 'hello')),
      await openingError(temporaryFile('list.json', '[]')),
      await openingError(temporaryFile('gzip.json', Buffer.from([0x1f, 0x8b, 0x08]))),
    ]).toMatchInlineSnapshot(`
      [
        "BAD_LOG empty.eval: is empty; nothing was written to it yet, or copying it failed",
        "BAD_LOG folder: is a folder, not a log; name one of the files in it",
        "BAD_LOG empty.eval.missing: there is no such file; check the path",
        "BAD_LOG below: there is no such file; check the path",
        "BAD_LOG text.eval: is neither a ZIP nor a JSON object; give an .eval or .json log that Inspect wrote",
        "BAD_LOG list.json: is neither a ZIP nor a JSON object; give an .eval or .json log that Inspect wrote",
        "BAD_LOG gzip.json: is neither a ZIP nor a JSON object; give an .eval or .json log that Inspect wrote",
      ]
    `)
  })
})
