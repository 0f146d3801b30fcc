import { readFileSync, statSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { Masker } from '../../src/masking/masker.ts'
import { GrpcReceiver } from '../receiver/grpc-receiver.ts'
import { HttpReceiver } from '../receiver/http-receiver.ts'
import { attributesOf } from '../receiver/received.ts'
import { CanaryScene, inPrint, onWire, probe, secrets, type Content } from './canary-scene.ts'
import { canariesIn } from './changed-events.ts'
import { findIn, modesIn } from './findings.ts'

// A machine may be busy with other things.
vi.setConfig({ testTimeout: 60_000 })

const protocols = ['http/protobuf', 'http/json', 'grpc'] as const
const cases = protocols.flatMap((protocol) => (['off', 'on'] as const).map((content) => [protocol, content] as const))

function startReceiver(protocol: (typeof protocols)[number]): Promise<HttpReceiver | GrpcReceiver> {
  return protocol === 'grpc' ? GrpcReceiver.start() : HttpReceiver.start()
}

/** What must be nowhere. */
function unwanted(content: Content): readonly string[] {
  return content === 'on' ? secrets : [...secrets, probe]
}

describe('a live run', () => {
  it('that is played has all that is looked for', () => {
    using scene = new CanaryScene('off', '')
    const all = [...secrets, probe]
    const played = readFileSync(scene.events)
    expect(all.filter((canary) => findIn(played, [canary]).length === 0)).toEqual([])
    const encoded = [
      Buffer.from(played.toString(), 'utf16le'),
      played.toString('base64'),
      JSON.stringify(played.toString()),
    ]
    for (const form of encoded) expect(all.filter((canary) => findIn(form, [canary]).length === 0)).toEqual([])
  })

  it.each(cases)(
    'over %s with content %s leaves nothing that is to stay, on disk, on the wire or in print',
    async (protocol, content) => {
      await using receiver = await startReceiver(protocol)
      receiver.answer = 'hang'
      using scene = new CanaryScene(content, receiver.url, {
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        EVALSPAN_FLUSH_TIMEOUT: '3s',
      })
      const no = unwanted(content)
      const items = scene.items()
      const count = (kind: string): number => items.filter((item) => item.kind === kind).length
      const wanted = content === 'on' ? canariesIn(JSON.stringify(items)) : []

      const host = scene.host({ pauseAfter: 35 })
      await host.until(({ paused }) => paused !== undefined)
      const begun = await scene.evalspan('status', '--json')
      expect(JSON.parse(begun.stdout)).toMatchObject({ drafts: expect.toSatisfy((drafts: number) => drafts > 2) })
      expect(scene.onDisk(no, host)).toEqual([])
      expect(modesIn(`${scene.folder}/outbox`)).toEqual({
        '.': '700',
        'outbox.db': '600',
        'outbox.db-reserve': '600',
        'outbox.db-shm': '600',
        'outbox.db-wal': '600',
      })

      host.resume()
      const ended = await host.ended
      expect([ended.code, inPrint(ended, no)]).toEqual([0, []])
      expect(ended.stderr).toContain(`${count('span')} items wait for otlp/traces`)
      expect(scene.onDisk(no)).toEqual([])
      expect(findIn(readFileSync(scene.eventLog), secrets)).toEqual([])
      expect(statSync(scene.eventLog).mode & 0o777).toBe(0o600)
      const stored = scene.stored().toString()
      expect(stored).toContain('[masked]')
      expect(canariesIn(stored)).toEqual(wanted)

      receiver.answer = 'ok'
      const flushed = await scene.evalspan('flush')
      expect([flushed.code, inPrint(flushed, no)]).toEqual([0, []])
      expect(onWire(receiver.taken, no)).toEqual([])
      expect([receiver.parts('traces').length, receiver.parts('logs').length]).toEqual([count('span'), count('log')])
      expect(receiver.parts('metrics').length).toBeGreaterThan(5)
      const sent = receiver.taken.map((request) => JSON.stringify(request.content)).join('\n')
      expect(sent).toContain('[masked]')
      expect(canariesIn(sent)).toEqual(wanted)

      expect(scene.onDisk(no)).toEqual([])
      const { subject } = items.find((item) => item.subject)!
      const status = await scene.evalspan('status', '--json')
      const where = await scene.evalspan('where', '--json', subject!.task, subject!.sample)
      expect([where.code, inPrint(where, no), inPrint(status, no)]).toEqual([0, [], []])
      const [{ resource }] = receiver.taken[0]!.content['resourceSpans'] as [{ resource: Record<string, unknown> }]
      expect(attributesOf(resource)).toMatchObject({ note: 'of [masked]', token: '[masked]' })
      expect(new Masker({ env: scene.variables }).text(status.stdout)).toBe(status.stdout)
    },
  )

  it('that is killed leaves drafts, which are closed without what is to stay', async () => {
    await using receiver = await HttpReceiver.start()
    receiver.answer = { status: 503 }
    using scene = new CanaryScene('off', receiver.url)
    const no = unwanted('off')
    const host = scene.host({ pauseAfter: 35 })
    await host.until(({ paused }) => paused !== undefined)
    host.kill('SIGKILL')
    const killed = await host.ended
    expect([scene.onDisk(no), inPrint(killed, no)]).toEqual([[], []])

    receiver.answer = 'ok'
    const flushed = await scene.evalspan('flush', '--seal')
    expect([inPrint(flushed, no), scene.onDisk(no), onWire(receiver.taken, no)]).toEqual([[], [], []])
    const incomplete = receiver.parts('traces').filter((span) => attributesOf(span)['eval.incomplete'] !== undefined)
    expect(incomplete.length).toBeGreaterThan(2)
  })
})
