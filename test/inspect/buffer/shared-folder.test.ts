import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FolderPlace } from '../../../src/inspect/buffer/find-buffers.ts'
import { metadataName } from '../../../src/inspect/buffer/metadata-name.ts'
import { stringify } from '../../../src/inspect/json.ts'
import { WebServer } from '../../files/web-server.ts'
import { writeZip } from '../zip-writer.ts'
import { changesOf, eventsOf, openFor, openPlace } from './read-buffer.ts'
import { temporaryFolder } from './written-buffer.ts'

const timestamp = '2026-11-27T10:00:00.000001+00:00'
const info = (uuid: string): object => ({ event: 'info', uuid, timestamp, data: Number.NaN })
const model = (uuid: string, range: readonly number[]): object => ({
  event: 'model',
  uuid,
  timestamp,
  model: 'm',
  input: [],
  tools: [],
  config: {},
  input_refs: [range],
})
const says = (content: string): object => ({ role: 'user', content })

interface Part {
  readonly events?: { readonly [id: number]: object }
  readonly messages?: { readonly [id: number]: object }
}

class WrittenFolder {
  readonly path = join(temporaryFolder(), '.buffer/log')
  readonly place: FolderPlace = { kind: 'folder', path: this.path, written: 0 }

  constructor() {
    mkdirSync(this.path, { recursive: true })
  }

  manifest(...samples: readonly [id: string | number, segments: readonly unknown[]][]): void {
    const listed = samples.map(([id, segments]) => ({ summary: { id, epoch: 1, uuid: `u${id}` }, segments }))
    this.write('manifest.json', stringify({ metrics: [{ value: Number.NaN }], samples: listed, segments: [] }))
  }

  segment(number: number, parts: { readonly [sample: string]: Part }): void {
    const members = Object.entries(parts).map(([sample, { events = {}, messages = {} }]) => ({
      name: `${sample}_1.json`,
      data: stringify({
        events: Object.entries(events).map(([id, event]) => ({
          id: Number(id),
          event_id: '',
          sample_id: sample,
          event,
        })),
        attachments: [],
        message_pool: Object.entries(messages).map(([id, message]) => ({
          id: Number(id),
          sample_id: sample,
          msg_id: id,
          data: stringify(message),
        })),
        call_pool: [],
      }),
    }))
    this.write(`segment.${number}.zip`, writeZip(members))
  }

  write(name: string, data: string | Uint8Array): void {
    writeFileSync(join(this.path, name), data)
  }
}

const fixtures = join(import.meta.dirname, '../../fixtures/inspect/inprogress')

describe('the folder beside a log', () => {
  it('gives what a running Inspect put into it', async () => {
    const log = readdirSync(fixtures).find((name) => name.endsWith('.eval'))!
    const { buffer, problems } = await openFor(join(fixtures, log), { XDG_DATA_HOME: '/nowhere' })
    expect(buffer.samples().map(({ summary, first }) => [summary.id, summary.started_at, first])).toStrictEqual([
      [1, '2026-11-21T09:11:27.635298+00:00', 1],
      [2, '2026-11-21T09:11:27.643578+00:00', 4],
      [3, '2026-11-21T09:11:27.645014+00:00', 7],
      [4, '2026-11-21T09:11:27.647614+00:00', 10],
    ])
    const changes = changesOf(buffer, 3)
    expect(changes.map(({ cursor, event }) => [cursor, event.event, event.pending])).toStrictEqual([
      [7, 'span_begin', undefined],
      [8, 'sample_init', undefined],
      [9, 'span_end', undefined],
      [17, 'span_begin', undefined],
      [18, 'span_begin', undefined],
      [27, 'model', true],
      [28, 'model', undefined],
      [29, 'model', undefined],
    ])
    const last = changes.at(-1)!.event
    expect(last.event === 'model' && last.input.map(({ content }) => content)).toStrictEqual(['q'.repeat(150)])
    expect(problems).toStrictEqual([])
  })

  it('gives what is new, with messages of earlier segments', async () => {
    const folder = new WrittenFolder()
    folder.segment(1, { 7: { events: { 10: info('a') }, messages: { 3: says('zero') } } })
    folder.manifest([7, [{ id: 1, last_event_id: 10 }]])
    const { buffer } = await openPlace(folder.place)
    expect(changesOf(buffer, 7)).toStrictEqual([{ cursor: 10, event: info('a') }])
    expect(await buffer.refresh()).toBe('same')
    folder.segment(2, { 7: { events: { 12: model('b', [0, 2]) }, messages: { 9: says('one') } } })
    folder.manifest([7, [{ id: 1 }, { id: 2 }]])
    expect(await buffer.refresh()).toBe('changed')
    const { input_refs: _, ...resolved } = model('b', []) as { input_refs: unknown }
    expect(changesOf(buffer, 7, 10)).toStrictEqual([
      { cursor: 12, event: { ...resolved, input: [says('zero'), says('one')] } },
    ])
  })

  it('forgets samples that are no longer listed, and attempts that were retried', async () => {
    const folder = new WrittenFolder()
    folder.segment(1, { 1: { events: { 1: info('a') } }, 2: { events: { 2: info('b') } } })
    // Numbers alone, as before the middle of 2026.
    folder.manifest([1, [1]], [2, [1]])
    const { buffer } = await openPlace(folder.place)
    expect(buffer.samples().map(({ first }) => first)).toStrictEqual([1, 2])
    folder.segment(2, { 2: { events: { 5: info('c') } } })
    folder.manifest([2, [2]])
    await buffer.refresh()
    expect(buffer.samples().map(({ summary, first }) => [summary.id, first])).toStrictEqual([[2, 5]])
    expect(eventsOf(buffer, 2)).toStrictEqual([info('c')])
  })

  it('reads a manifest again that was being written', async () => {
    const folder = new WrittenFolder()
    folder.segment(1, { 1: { events: { 1: info('a') } } })
    folder.write('manifest.json', '{"samples": [{"summ')
    setTimeout(() => folder.manifest([1, [1]]), 60)
    const { buffer, problems } = await openPlace(folder.place)
    expect(eventsOf(buffer, 1)).toStrictEqual([info('a')])
    expect(problems).toStrictEqual([])
  })

  it('names a damaged manifest once, and keeps what it had', async () => {
    const folder = new WrittenFolder()
    folder.segment(1, { 1: { events: { 1: info('a') } } })
    folder.manifest([1, [1]])
    const { buffer, problems } = await openPlace(folder.place)
    folder.write('manifest.json', '{"samples": [{"summ')
    await buffer.refresh()
    await buffer.refresh()
    expect(eventsOf(buffer, 1)).toStrictEqual([info('a')])
    expect(problems.map(({ message }) => message)).toStrictEqual([
      `${folder.path}: manifest.json: not valid JSON: it ends too early, at position 19; copy the log again from where it was written`,
    ])
  })

  it('names a segment that is missing or damaged, and reads what comes before it, and all when it is whole', async () => {
    const folder = new WrittenFolder()
    folder.segment(1, { 1: { events: { 1: info('a') } }, 2: { events: { 2: info('b') } } })
    folder.write('segment.2.zip', 'PK')
    folder.segment(3, {
      1: { events: { 5: info('e') } },
      2: { events: { 6: info('f') } },
      3: { events: { 7: info('g') } },
    })
    folder.manifest([1, [1, 2, 3]], [2, [1, 3]], [3, [3, 4]])
    const { buffer, problems } = await openPlace(folder.place)
    const uuids = (): unknown[] =>
      [1, 2, 3].map((id) =>
        changesOf(buffer, id)
          .map(({ event }) => event.uuid)
          .join(''),
      )
    expect(uuids()).toStrictEqual(['a', 'bf', 'g'])
    expect(problems.map(({ message }) => message)).toStrictEqual([
      `${folder.path}: segment.2.zip: the ZIP is cut off: its directory, which comes last, is missing; it is still being copied, or copying failed`,
      `${folder.path}: segment.4.zip: there is no such file; check the path`,
    ])
    folder.segment(2, { 1: { events: { 3: info('c') } } })
    folder.segment(4, { 4: {} })
    await buffer.refresh()
    expect(uuids()).toStrictEqual(['ace', 'bf', 'g'])
    expect(problems.slice(2).map(({ message }) => message)).toStrictEqual([
      `${folder.path}: segment.4.zip: 3_1.json: is missing: the file is damaged; copy it again from where it was written`,
    ])
  })

  it('says nothing of a segment that was removed because nobody needs it any more', async () => {
    const folder = new WrittenFolder()
    folder.segment(2, { 2: { events: { 2: info('b') } } })
    await using server = await WebServer.start()
    const serve = (name: string): unknown =>
      server.serve(`/logs/.buffer/log/${name}`, readFileSync(join(folder.path, name)))
    folder.manifest([1, [1]], [2, [2]])
    serve('manifest.json')
    serve('segment.2.zip')
    server.interrupt = ({ url }) => {
      // The run goes on while it is read.
      if (url?.endsWith('segment.1.zip')) folder.manifest([2, [2]])
      serve('manifest.json')
      return false
    }
    const path = `http://${server.host}/logs/.buffer/log`
    const { buffer, problems } = await openPlace({ kind: 'folder', path, written: 0 })
    expect(server.seen.filter((request) => request.path.endsWith('segment.1.zip')).length).toBeGreaterThan(0)
    expect(await buffer.refresh()).toBe('changed')
    expect(buffer.samples().map(({ summary }) => summary.id)).toStrictEqual([2])
    expect(problems).toStrictEqual([])
  })

  it('has the metadata of samples that are over', async () => {
    const folder = new WrittenFolder()
    folder.segment(1, {
      1: { events: { 1: info('a') } },
      2: { events: { 2: info('b') } },
      3: { events: { 3: info('c') } },
    })
    const text = '{"none":null,"long":"all of it"}'
    const hash = createHash('sha256').update(text).digest('hex')
    folder.write(metadataName('1', 1, hash), text)
    const summary = (id: number): object => ({ id, epoch: 1, metadata: { long: '...' } })
    const samples = [
      { summary: summary(1), segments: [1], metadata_hash: hash },
      { summary: summary(2), segments: [1], metadata_hash: 'summary' },
      { summary: summary(3), segments: [1], metadata_hash: 'a'.repeat(64) },
    ]
    folder.write('manifest.json', stringify({ metrics: [], samples, segments: [] }))
    const { buffer, problems } = await openPlace(folder.place)
    expect(buffer.samples().map(({ metadata }) => metadata)).toStrictEqual([
      { long: 'all of it' },
      { long: '...' },
      undefined,
    ])
    const missing = metadataName('3', 1, 'a'.repeat(64))
    expect(problems.map(({ message }) => message)).toStrictEqual([
      `${folder.path}: ${missing}: there is no such file; check the path`,
    ])
  })

  it('is read from a store as well', async () => {
    const folder = new WrittenFolder()
    folder.segment(1, { 1: { events: { 1: info('a') } } })
    folder.manifest([1, [1]])
    await using server = await WebServer.start()
    const path = `http://${server.host}/logs/.buffer/log`
    for (const name of readdirSync(folder.path))
      server.serve(`/logs/.buffer/log/${name}`, readFileSync(join(folder.path, name)))
    const { buffer, problems } = await openPlace({ kind: 'folder', path, written: 0 })
    expect(eventsOf(buffer, 1)).toStrictEqual([info('a')])
    expect(await buffer.refresh()).toBe('same')
    server.files.clear()
    expect(await buffer.refresh()).toBe('gone')
    expect(problems).toStrictEqual([])
  })

  it('is gone when Inspect removed it', async () => {
    const folder = new WrittenFolder()
    folder.segment(1, { 1: { events: { 1: info('a') } } })
    folder.manifest([1, [1]])
    const { buffer } = await openPlace(folder.place)
    rmSync(folder.path, { recursive: true })
    expect(await buffer.refresh()).toBe('gone')
    expect(buffer.samples()).toStrictEqual([])
  })
})
