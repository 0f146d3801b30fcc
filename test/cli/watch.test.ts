import { copyFileSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HttpReceiver } from '../receiver/http-receiver.ts'
import { partOfLog } from '../inspect/part-of-log.ts'
import { agent, basic, down, OutboxScene } from './outbox-scene.ts'

/** A folder of logs that were finished a while ago. */
function logFolder(scene: OutboxScene, ...logs: readonly string[]): string {
  const folder = join(dirname(scene.folder), 'logs')
  mkdirSync(folder, { recursive: true })
  for (const [index, log] of logs.entries()) {
    const path = join(folder, `${index}.eval`)
    copyFileSync(log, path)
    utimesSync(path, 1_700_000_000, 1_700_000_000)
  }
  return folder
}

function steady(text: string): string {
  return text.replace(/^\d\d:\d\d:\d\d/gm, 'HH:MM:SS')
}

function spans(scene: OutboxScene): string[] {
  return scene.receiver.parts('traces').map(({ traceId, spanId }) => `${String(traceId)} ${String(spanId)}`)
}

describe('evalspan watch --once', () => {
  it('sends what is there, and the next time only what has come since', async () => {
    await using scene = await OutboxScene.open()
    const folder = logFolder(scene, basic)
    const first = await scene.run(['watch', '--once', folder])
    expect({ exitCode: first.exitCode, stderr: first.stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(`\n${steady(first.stdout)}`).toMatchInlineSnapshot(`
      "
      HH:MM:SS  FOLDER/logs: 1 log
      otlp/logs  http://BACKEND/v1/logs
        2 produced = 2 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/traces  http://BACKEND/v1/traces
        20 produced = 20 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/metrics  http://BACKEND/v1/metrics
        24 produced = 24 delivered + 0 waiting + 0 rejected + 0 dropped
      "
    `)
    logFolder(scene, basic, agent)
    const second = await scene.run(['watch', '--once', folder])
    expect(`\n${steady(second.stdout)}`).toMatchInlineSnapshot(`
      "
      HH:MM:SS  FOLDER/logs: 2 logs
      otlp/logs  http://BACKEND/v1/logs
        2 produced = 2 delivered + 0 waiting + 0 rejected + 0 dropped
        in all since DATE: 4 produced = 4 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/traces  http://BACKEND/v1/traces
        25 produced = 25 delivered + 0 waiting + 0 rejected + 0 dropped
        in all since DATE: 45 produced = 45 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/metrics  http://BACKEND/v1/metrics
        53 produced = 53 delivered + 0 waiting + 0 rejected + 0 dropped
      "
    `)
    expect(new Set(spans(scene)).size).toBe(spans(scene).length)
    const third = await scene.run(['watch', '--once', folder])
    expect(third.stdout).toContain('  0 produced = 0 delivered + 0 waiting')
  })

  it('leaves what a backend does not take in the outbox, and does not tell it again', async () => {
    await using scene = await OutboxScene.open()
    scene.answer(down)
    const folder = logFolder(scene, basic)
    expect((await scene.run(['watch', '--once', folder])).exitCode).toBe(1)
    scene.answer('ok')
    expect((await scene.run(['watch', '--once', folder])).exitCode).toBe(0)
    expect(spans(scene)).toHaveLength(20)
  })

  it('sends all to a backend that is switched on later', async () => {
    await using scene = await OutboxScene.open()
    const folder = logFolder(scene, basic)
    await scene.run(['watch', '--once', folder])
    const other = await HttpReceiver.start()
    try {
      scene.switchOn(other.url)
      await scene.run(['watch', '--once', folder])
      expect(other.parts('traces')).toHaveLength(20)
    } finally {
      await other.close()
    }
  })

  it('says what cannot be read, and sends the rest', async () => {
    await using scene = await OutboxScene.open()
    const folder = logFolder(scene, basic)
    writeFileSync(join(folder, 'bad.eval'), 'no log')
    utimesSync(join(folder, 'bad.eval'), 1_700_000_000, 1_700_000_000)
    const { exitCode, stderr } = await scene.run(['watch', '--once', folder])
    expect({ exitCode, stderr }).toMatchInlineSnapshot(`
      {
        "exitCode": 1,
        "stderr": "error: FOLDER/logs/bad.eval: is neither a ZIP nor a JSON object; give an .eval or .json log that Inspect wrote
      ",
      }
    `)
    expect(spans(scene)).toHaveLength(20)
  })

  it.each([
    ['a folder that is not there', ['/no/such/folder']],
    ['a log', [basic]],
    ['an interval that is none', ['--interval', '0', '.']],
  ])('refuses %s', async (_, args) => {
    await using scene = await OutboxScene.open()
    const { exitCode, stderr } = await scene.run(['watch', ...args])
    expect(exitCode).toBe(2)
    expect(stderr.replaceAll(basic, 'LOG')).toMatchSnapshot()
  })
})

describe('evalspan watch', () => {
  it('sends samples while a run goes on, until it is interrupted', async () => {
    await using scene = await OutboxScene.open()
    const folder = logFolder(scene)
    const path = join(folder, 'run.eval')
    writeFileSync(path, await partOfLog(basic, (name) => !name.startsWith('samples/')))
    const interrupt = new AbortController()
    const watching = scene.run(['watch', folder, '--interval', '0.05', '--quiet', '0.2'], {
      interrupt: interrupt.signal,
    })
    writeFileSync(path, await partOfLog(basic, (name) => name !== 'samples/two_epoch_1.json'))
    await expect.poll(() => spans(scene).length, { timeout: 10_000 }).toBe(9)
    copyFileSync(basic, path)
    await expect.poll(() => spans(scene).length, { timeout: 10_000 }).toBe(20)
    interrupt.abort(130)
    const { exitCode, stdout, stderr } = await watching
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(steady(stdout)).toContain('HH:MM:SS  basic  fake/basic  2 of 2 samples  success\n')
    expect(new Set(spans(scene)).size).toBe(20)
  })
})
