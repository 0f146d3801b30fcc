import { describe, expect, it } from 'vitest'
import { basic, down, OutboxScene } from './outbox-scene.ts'

describe('evalspan retry', () => {
  it('has refused items wait again, and sends them', async () => {
    await using scene = await OutboxScene.open()
    scene.answer({ status: 400, body: 'no such tenant' })
    await scene.run(['replay', basic])
    scene.answer('ok')
    const { exitCode, stdout, stderr } = await scene.run(['retry', 'otlp/traces'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      otlp/traces  http://BACKEND/v1/traces: 20 items wait again
      otlp/logs  http://BACKEND/v1/logs
        2 produced = 0 delivered + 0 waiting + 2 rejected + 0 dropped
        2 rejected: http://BACKEND/v1/logs answered 400: no such tenant; gen_ai.evaluation.result (result|match), gen_ai.evaluation.result (result|match)
      otlp/traces  http://BACKEND/v1/traces
        20 produced = 20 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/metrics  http://BACKEND/v1/metrics
        25 produced = 25 delivered + 0 waiting + 0 rejected + 0 dropped
      20 items sent, nothing left.
      "
    `)
    expect(scene.receiver.parts('traces').length).toBe(20)
    expect((await scene.run(['retry'])).stdout).toContain('otlp/logs  http://BACKEND/v1/logs: 2 items wait again\n')
    expect((await scene.run(['retry'])).stdout).toBe('Nothing was refused that could be sent again.\n')
  })

  it('moves items when nothing is on, says what to set, and exits with 1', async () => {
    await using scene = await OutboxScene.open()
    scene.answer({ status: 400, body: 'no such tenant' })
    await scene.run(['replay', basic])
    scene.switchOff()
    const { exitCode, stdout } = await scene.run(['retry'])
    expect(exitCode).toBe(1)
    expect(stdout).toContain('20 produced = 0 delivered + 20 waiting + 0 rejected + 0 dropped')
    expect(stdout).toContain('it is not on: set OTEL_EXPORTER_OTLP_ENDPOINT')
  })

  it('says what is refused once more', async () => {
    await using scene = await OutboxScene.open()
    scene.answer(({ signal }) => (signal === 'traces' ? { status: 400, body: 'no' } : 'ok'))
    await scene.run(['replay', basic])
    const { exitCode, stdout } = await scene.run(['retry'])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/\n20 items refused, nothing left\.\n$/)
  })

  it('says which items cannot be sent again, because the backend gave their number alone', async () => {
    await using scene = await OutboxScene.open()
    scene.answer(({ signal }) => (signal === 'traces' ? { rejected: 3, message: 'too old' } : 'ok'))
    await scene.run(['replay', basic])
    expect((await scene.run(['retry'])).stdout).toBe(
      'otlp/traces  http://BACKEND/v1/traces: 3 rejected were not kept\nNothing was refused that could be sent again.\n',
    )
  })

  it('lists the destinations that there are for an unknown one', async () => {
    await using scene = await OutboxScene.open()
    expect((await scene.run(['retry', 'x'])).stdout).toBe('No outbox yet in FOLDER/outbox: nothing waits.\n')
    await scene.run(['replay', basic])
    scene.switchOn(`${scene.receiver.url}/elsewhere`)
    await scene.run(['replay', basic])
    expect(await scene.run(['retry', 'otlp/trace'])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: no destination `otlp/trace` in the outbox: there are otlp/logs:HASH, otlp/logs:HASH, otlp/traces:HASH, ' +
        'otlp/traces:HASH, otlp/metrics:HASH, otlp/metrics:HASH\n',
    })
  })
})

describe('evalspan drop', () => {
  it('gives up what was refused, and names some of it', async () => {
    await using scene = await OutboxScene.open()
    scene.answer(({ signal }) => (signal === 'traces' ? { status: 400, body: 'no such tenant' } : down))
    await scene.run(['replay', basic])
    scene.switchOff()
    const { exitCode, stdout, stderr } = await scene.run(['drop'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      otlp/traces  http://BACKEND/v1/traces: gave up 20 rejected items: solver system_message (e1cbfd958ef28081), chat basic (d2c153dca25a2bf5), solver generate (3823cea5bebb0fa0), solvers (b58122d3c7300864), scorer match (199b2fbc962f6be7), …
      "
    `)
    const { stdout: status } = await scene.run(['status'])
    expect(status).toContain(
      '20 produced = 0 delivered + 0 waiting + 0 rejected + 20 dropped\n  20 dropped: given up by hand; ',
    )
    expect(status).toContain('2 produced = 0 delivered + 2 waiting + 0 rejected + 0 dropped')
    expect((await scene.run(['drop'])).stdout).toBe('Nothing was refused.\n')
  })

  it('gives up what waits as well with --waiting, of the destinations that are named', async () => {
    await using scene = await OutboxScene.open()
    scene.answer(down)
    await scene.run(['replay', basic])
    expect(`\n${(await scene.run(['drop', 'otlp/logs', 'otlp/metrics', '--waiting'])).stdout}`).toMatchInlineSnapshot(`
      "
      otlp/logs  http://BACKEND/v1/logs: gave up 2 waiting items: gen_ai.evaluation.result (result|match), gen_ai.evaluation.result (result|match)
      otlp/metrics  http://BACKEND/v1/metrics: gave up 24 waiting data points
      "
    `)
    expect(`\n${(await scene.run(['status'])).stdout}`).toMatchInlineSnapshot(`
      "
      Outbox  FOLDER/outbox
        SIZE, begun TIME, instance UUID

      otlp/logs  http://BACKEND/v1/logs
        2 produced = 0 delivered + 0 waiting + 0 rejected + 2 dropped
        2 dropped: given up by hand; gen_ai.evaluation.result (result|match), gen_ai.evaluation.result (result|match)
        last error TIME: http://BACKEND/v1/logs answered 503: down

      otlp/traces  http://BACKEND/v1/traces
        20 produced = 0 delivered + 20 waiting + 0 rejected + 0 dropped
        20 waiting since TIME: http://BACKEND/v1/traces answered 503: down
        last error TIME

      otlp/metrics  http://BACKEND/v1/metrics
        24 produced = 0 delivered + 0 waiting + 0 rejected + 24 dropped
        24 dropped: given up by hand
        last error TIME: http://BACKEND/v1/metrics answered 503: down
      "
    `)
    expect((await scene.run(['drop', 'otlp/logs', '--waiting'])).stdout).toBe(
      'Nothing was refused, and nothing waits.\n',
    )
  })

  it('refuses unknown destinations', async () => {
    await using scene = await OutboxScene.open()
    await scene.run(['replay', basic])
    expect(await scene.run(['drop', 'mlflow/runs'])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'error: no destination `mlflow/runs` in the outbox: there are otlp/logs, otlp/traces, otlp/metrics\n',
    })
  })
})
