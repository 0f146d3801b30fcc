import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { HttpReceiver } from '../receiver/http-receiver.ts'
import { attributesOf } from '../receiver/received.ts'
import { CanaryScene, inPrint, onWire, probe, secrets } from './canary-scene.ts'
import { canariesIn } from './changed-events.ts'

// A machine may be busy with other things.
vi.setConfig({ testTimeout: 60_000 })

const unwanted = [...secrets, probe]

/** Replays the run with a mask of the user's own, first to a backend that is away, and brings it there later. */
async function replayWith(module: string, look: (scene: CanaryScene, receiver: HttpReceiver) => void): Promise<void> {
  await using receiver = await HttpReceiver.start()
  receiver.answer = { status: 503 }
  using scene = new CanaryScene('on', receiver.url, {
    EVALSPAN_FLUSH_TIMEOUT: '1s',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_RESOURCE_ATTRIBUTES: `note=${probe}resource)`,
  })
  scene.variables = { ...scene.variables, EVALSPAN_MASK: scene.write('mask.mjs', module) }
  const replayed = await scene.evalspan('replay', scene.events, '--events', join(scene.folder, 'records.jsonl'))
  expect([replayed.code, inPrint(replayed, unwanted), scene.onDisk(unwanted)]).toEqual([1, [], []])

  receiver.answer = 'ok'
  const flushed = await scene.evalspan('flush')
  expect([flushed.code, inPrint(flushed, unwanted), scene.onDisk(unwanted)]).toEqual([0, [], []])
  expect(onWire(receiver.taken, unwanted)).toEqual([])
  look(scene, receiver)
}

describe('a mask of the user’s own', () => {
  it('has its say over all that is stored, recorded and sent by a command', async () => {
    await replayWith("export default (value) => value.replaceAll('canary(', 'mine(')", (scene, receiver) => {
      const wanted = canariesIn(JSON.stringify(scene.items()))
      const sent = receiver.taken.map(({ content }) => JSON.stringify(content)).join('\n')
      expect(canariesIn(sent.replaceAll('mine(', probe))).toEqual([...wanted, 'canary(resource)'].toSorted())
      const recorded = readFileSync(join(scene.folder, 'records.jsonl'), 'utf8').replaceAll('mine(', probe)
      expect(canariesIn(recorded)).toEqual(expect.arrayContaining(wanted))
    })
  })

  it('that throws leaves nothing but its failure', async () => {
    const module = 'export default (value) => { throw new Error(`cannot mask ${value}`) }'
    await replayWith(module, (scene, receiver) => {
      const spans = receiver.parts('traces')
      expect(spans).toHaveLength(scene.items().filter(({ kind }) => kind === 'span').length)
      const texts = spans.flatMap((span) =>
        [span['name'], ...Object.values(attributesOf(span))].flat().filter((value) => typeof value === 'string'),
      )
      expect(new Set(texts)).toEqual(new Set(['[withheld]']))
    })
  })
})
