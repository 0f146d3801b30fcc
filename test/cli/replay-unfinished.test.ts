import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { partOfLog } from '../inspect/part-of-log.ts'
import { basic, OutboxScene } from './outbox-scene.ts'

/** The log of a run of which some samples are finished. */
async function growingLog(scene: OutboxScene, ...samples: readonly string[]): Promise<string> {
  const path = join(dirname(scene.folder), 'logs', 'run.eval')
  mkdirSync(dirname(path), { recursive: true })
  const isThere = (name: string): boolean =>
    !name.startsWith('samples/') || samples.some((id) => name === `samples/${id}_epoch_1.json`)
  writeFileSync(path, await partOfLog(basic, isThere))
  return path
}

describe('a log of a run that is going on', () => {
  it('gives the samples that are finished, and keeps the rest as drafts', async () => {
    await using scene = await OutboxScene.open()
    const { exitCode, stdout, stderr } = await scene.run(['replay', await growingLog(scene, '1')])
    expect({ exitCode, stderr }).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "1 task has no end in this input; a later replay completes it, --seal sends what is known, as incomplete
      ",
      }
    `)
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      otlp/logs  http://BACKEND/v1/logs
        1 produced = 1 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/traces  http://BACKEND/v1/traces
        9 produced = 9 delivered + 0 waiting + 0 rejected + 0 dropped
        beside that: 2 drafts (begun, not ended)
      otlp/metrics  http://BACKEND/v1/metrics
        22 produced = 22 delivered + 0 waiting + 0 rejected + 0 dropped
      "
    `)
    expect(names(scene)).toMatchInlineSnapshot(`
      [
        "solver system_message",
        "chat basic",
        "solver generate",
        "solvers",
        "scorer match",
        "scorers",
        "init",
        "eval_attempt",
        "eval_sample basic",
      ]
    `)
  })

  it('is completed by later replays under the same ids, and nothing is sent twice', async () => {
    await using scene = await OutboxScene.open()
    const path = await growingLog(scene)
    await scene.run(['replay', path])
    await growingLog(scene, '1')
    await scene.run(['replay', path])
    copyFileSync(basic, path)
    const { stdout, stderr } = await scene.run(['replay', path])
    expect(stderr).toBe('')
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      otlp/logs  http://BACKEND/v1/logs
        1 produced = 1 delivered + 0 waiting + 0 rejected + 0 dropped
        in all since DATE: 2 produced = 2 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/traces  http://BACKEND/v1/traces
        11 produced = 11 delivered + 0 waiting + 0 rejected + 0 dropped
        in all since DATE: 20 produced = 20 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/metrics  http://BACKEND/v1/metrics
        24 produced = 24 delivered + 0 waiting + 0 rejected + 0 dropped
      12 items new; 10 items delivered on DATE; --again sends them once more (backends that only append will show them twice)
      "
    `)
    const sent = ids(scene)
    expect(new Set(sent).size).toBe(sent.length)

    await using other = await OutboxScene.open()
    await other.run(['replay', basic])
    expect(sent.toSorted()).toEqual(ids(other).toSorted())
  })

  it('is closed with --seal, as incomplete', async () => {
    await using scene = await OutboxScene.open()
    const { exitCode, stderr } = await scene.run(['replay', await growingLog(scene, '1'), '--seal'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const sealed = scene.receiver
      .parts('traces')
      .filter(({ attributes }) => JSON.stringify(attributes).includes('eval.incomplete'))
    expect(sealed.map(({ name }) => String(name)).toSorted()).toEqual(['eval_run', 'eval_task basic'])
  })
})

function ids(scene: OutboxScene): string[] {
  return scene.receiver.parts('traces').map(({ traceId, spanId }) => `${String(traceId)} ${String(spanId)}`)
}

function names(scene: OutboxScene): string[] {
  return scene.receiver.parts('traces').map(({ name }) => String(name))
}
