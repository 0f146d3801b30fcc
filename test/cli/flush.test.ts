import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { memoryOutput } from './memory-context.ts'
import { agent, basic, down, OutboxScene } from './outbox-scene.ts'

describe('evalspan flush', () => {
  it('sends what waits, and the metrics, and ends with the account of the whole outbox', async () => {
    await using scene = await OutboxScene.open()
    scene.answer(down)
    const replay = await scene.run(['replay', basic])
    expect(`\n${replay.stderr}`).toMatchInlineSnapshot(`
      "
      2 items wait for otlp/logs (http://BACKEND/v1/logs) in FOLDER/outbox: http://BACKEND/v1/logs answered 503: down; \`evalspan flush\` sends them
      20 items wait for otlp/traces (http://BACKEND/v1/traces) in FOLDER/outbox: http://BACKEND/v1/traces answered 503: down; \`evalspan flush\` sends them
      the metrics wait for otlp/metrics (http://BACKEND/v1/metrics) in FOLDER/outbox: http://BACKEND/v1/metrics answered 503: down; \`evalspan flush\` pushes them
      "
    `)
    expect(`\n${replay.stdout}`).toMatchInlineSnapshot(`
      "
      otlp/logs  http://BACKEND/v1/logs
        2 produced = 0 delivered + 2 waiting + 0 rejected + 0 dropped
        2 waiting since TIME: http://BACKEND/v1/logs answered 503: down
      otlp/traces  http://BACKEND/v1/traces
        20 produced = 0 delivered + 20 waiting + 0 rejected + 0 dropped
        20 waiting since TIME: http://BACKEND/v1/traces answered 503: down
      otlp/metrics  http://BACKEND/v1/metrics
        24 produced = 0 delivered + 24 waiting + 0 rejected + 0 dropped
        24 waiting: http://BACKEND/v1/metrics answered 503: down
      "
    `)
    expect(replay.exitCode).toBe(1)

    scene.answer('ok')
    const { exitCode, stdout, stderr } = await scene.run(['flush'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      otlp/logs  http://BACKEND/v1/logs
        2 produced = 2 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/traces  http://BACKEND/v1/traces
        20 produced = 20 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/metrics  http://BACKEND/v1/metrics
        24 produced = 24 delivered + 0 waiting + 0 rejected + 0 dropped
      22 items sent, nothing left.
      "
    `)
    expect(scene.receiver.parts('traces').length).toBe(20)
    expect(scene.receiver.taken.some(({ signal }) => signal === 'metrics')).toBe(true)
    expect((await scene.run(['flush'])).stdout).toMatch(/\nNothing waits\.\n$/)
    expect(scene.receiver.parts('traces').length).toBe(20)
  })

  it('leaves what the backend does not take, says why, and exits with 1', async () => {
    await using scene = await OutboxScene.open()
    scene.answer(down)
    await scene.run(['replay', basic])
    scene.answer(({ signal }) => (signal === 'logs' ? down : 'ok'))
    const { exitCode, stdout, stderr } = await scene.run(['flush'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' })
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      otlp/logs  http://BACKEND/v1/logs
        2 produced = 0 delivered + 2 waiting + 0 rejected + 0 dropped
        2 waiting since TIME: http://BACKEND/v1/logs answered 503: down
      otlp/traces  http://BACKEND/v1/traces
        20 produced = 20 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/metrics  http://BACKEND/v1/metrics
        24 produced = 24 delivered + 0 waiting + 0 rejected + 0 dropped
      20 items sent, 2 items left.
      "
    `)
  })

  it('names destinations that are not on, and what to set', async () => {
    await using scene = await OutboxScene.open()
    scene.answer(({ signal }) => (signal === 'traces' ? down : 'ok'))
    await scene.run(['replay', basic])
    scene.switchOff()
    const off = await scene.run(['flush'])
    expect(off.exitCode).toBe(1)
    expect(`\n${off.stdout}`).toMatchInlineSnapshot(`
      "
      otlp/logs  http://BACKEND/v1/logs
        2 produced = 2 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/traces  http://BACKEND/v1/traces
        20 produced = 0 delivered + 20 waiting + 0 rejected + 0 dropped
        20 waiting since TIME: http://BACKEND/v1/traces answered 503: down
      otlp/metrics  http://BACKEND/v1/metrics
        24 produced = 24 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/traces http://BACKEND/v1/traces: 20 waiting; it is not on: set OTEL_EXPORTER_OTLP_ENDPOINT (\`evalspan hooks\` shows what else can be set), or give up with \`evalspan drop otlp/traces --waiting\`
      20 items left.
      "
    `)

    scene.answer('ok')
    scene.switchOn(`${scene.receiver.url}/elsewhere`)
    const elsewhere = await scene.run(['flush'])
    expect(elsewhere.stdout.replace(/\n {2}/g, ' ')).toContain(
      'it is not on (otlp/traces goes to http://BACKEND/elsewhere/v1/traces): set',
    )
  })

  it('says so where there is no outbox, and makes none', async () => {
    await using scene = await OutboxScene.open()
    const stdout = 'No outbox yet in FOLDER/outbox: nothing waits.\n'
    expect(await scene.run(['flush'])).toEqual({ exitCode: 0, stdout, stderr: '' })
    expect(scene.has('')).toBe(false)
  })

  it('closes spans of processes that are gone with --seal alone', async () => {
    await using scene = await OutboxScene.open()
    await scene.runApart(['replay', await scene.beginning(agent)])
    const before = scene.receiver.parts('traces').length
    expect(`\n${(await scene.run(['flush'])).stdout}`).toMatchInlineSnapshot(`
      "
      otlp/traces  http://BACKEND/v1/traces
        17 produced = 17 delivered + 0 waiting + 0 rejected + 0 dropped
        beside that: 4 drafts (begun, not ended)
      otlp/metrics  http://BACKEND/v1/metrics
        20 produced = 20 delivered + 0 waiting + 0 rejected + 0 dropped
      4 drafts are of processes that are gone: a replay of the log completes them, \`evalspan flush --seal\` closes them as incomplete
      Nothing waits.
      "
    `)

    const { exitCode, stdout } = await scene.run(['flush', '--seal'])
    expect(exitCode).toBe(0)
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      otlp/traces  http://BACKEND/v1/traces
        21 produced = 21 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/metrics  http://BACKEND/v1/metrics
        19 produced = 19 delivered + 0 waiting + 0 rejected + 0 dropped
      4 items sent, nothing left.
      "
    `)
    const sealed = scene.receiver.parts('traces').slice(before) as { name: string; attributes: { key: string }[] }[]
    expect(sealed.map(({ name }) => name).toSorted()).toMatchInlineSnapshot(`
      [
        "eval_attempt",
        "eval_run",
        "eval_sample react_agent",
        "eval_task react_agent",
      ]
    `)
    expect(sealed.every(({ attributes }) => attributes.some(({ key }) => key === 'eval.incomplete'))).toBe(true)
  })

  it('closes nothing with --seal when the spans would go nowhere', async () => {
    await using scene = await OutboxScene.open()
    await scene.runApart(['replay', await scene.beginning(agent)])
    scene.switchOff()
    const { stdout, stderr } = await scene.run(['flush', '--seal'])
    expect(stderr).toBe('--seal: no destination for spans is on, so nothing is closed\n')
    expect(stdout).toContain('drafts are of processes that are gone')
  })

  it('tells how far it is on a terminal, and leaves nothing of that', async () => {
    await using scene = await OutboxScene.open()
    scene.answer(down)
    await scene.run(['replay', basic])
    scene.answer(({ signal }) => (signal === 'traces' ? { afterMs: 900 } : {}))
    const stdout = { ...memoryOutput(), interactive: true, columns: 100 }
    const { exitCode } = await scene.run(['flush'], { stdout })
    expect(exitCode).toBe(0)
    expect(stdout.text).toContain('otlp/traces  0 of 20 sent')
    expect(stdout.clear).toBe(undefined)
    // eslint-disable-next-line no-control-regex
    expect(stdout.text.slice(stdout.text.lastIndexOf('otlp/logs'))).not.toMatch(/\u001B\[2K/)
  })

  it('leaves the log of events alone, since none happen', async () => {
    await using scene = await OutboxScene.open()
    await scene.run(['replay', basic])
    vi.stubEnv('EVALSPAN_EVENT_LOG', join(scene.folder, 'events.jsonl'))
    expect(await scene.run(['flush'])).toMatchObject({ exitCode: 0, stderr: '' })
    expect(scene.has('events.jsonl')).toBe(false)
  })

  it('leaves the rest on an interrupt, and exits with the code of the signal', async () => {
    await using scene = await OutboxScene.open()
    scene.answer(down)
    await scene.run(['replay', basic])
    scene.answer('hang')
    const interrupt = new AbortController()
    const flush = scene.run(['flush'], { interrupt: interrupt.signal })
    await sleep(100)
    interrupt.abort(130)
    const { exitCode, stdout } = await flush
    expect(exitCode).toBe(130)
    expect(stdout).toContain('22 items left')
  })

  it('says of a backend that does not answer that it does not', async () => {
    await using scene = await OutboxScene.open()
    scene.answer('hang')
    const { stdout, stderr } = await scene.run(['replay', basic])
    expect(stderr).toContain('20 items wait for otlp/traces (http://BACKEND/v1/traces) in FOLDER/outbox: no answer; ')
    expect(stdout).toContain('\n  20 waiting since TIME: no answer\n')
    expect((await scene.run(['status'])).stdout).toContain('\n  20 waiting since TIME: no answer\n')
  })
})
