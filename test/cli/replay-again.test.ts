import { describe, expect, it, vi } from 'vitest'
import { agent, basic, down, OutboxScene } from './outbox-scene.ts'

describe('a second replay', () => {
  it('sends nothing again, and says when it was delivered', async () => {
    await using scene = await OutboxScene.open()
    await scene.run(['replay', basic])
    const { exitCode, stdout, stderr } = await scene.run(['replay', basic])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      otlp/logs  http://BACKEND/v1/logs
        0 produced = 0 delivered + 0 waiting + 0 rejected + 0 dropped
        in all since DATE: 2 produced = 2 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/traces  http://BACKEND/v1/traces
        0 produced = 0 delivered + 0 waiting + 0 rejected + 0 dropped
        in all since DATE: 20 produced = 20 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/metrics  http://BACKEND/v1/metrics
        24 produced = 24 delivered + 0 waiting + 0 rejected + 0 dropped
      nothing new; 22 items delivered on DATE; --again sends them once more (backends that only append will show them twice)
      "
    `)
    expect(scene.receiver.parts('traces').length).toBe(20)
  })

  it('sends everything once more with --again', async () => {
    await using scene = await OutboxScene.open()
    await scene.run(['replay', basic])
    const { exitCode, stdout } = await scene.run(['replay', basic, '--again'])
    expect(exitCode).toBe(0)
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      otlp/logs  http://BACKEND/v1/logs
        2 produced = 2 delivered + 0 waiting + 0 rejected + 0 dropped
        in all since DATE: 4 produced = 4 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/traces  http://BACKEND/v1/traces
        20 produced = 20 delivered + 0 waiting + 0 rejected + 0 dropped
        in all since DATE: 40 produced = 40 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/metrics  http://BACKEND/v1/metrics
        24 produced = 24 delivered + 0 waiting + 0 rejected + 0 dropped
      22 items seen before, taken once more, because of --again
      "
    `)
    const ids = scene.receiver.parts('traces').map(({ spanId }) => spanId)
    expect({ sent: ids.length, different: new Set(ids).size }).toEqual({ sent: 40, different: 20 })
  })

  it('sends what is new, and says of the rest when it was delivered', async () => {
    await using scene = await OutboxScene.open()
    await scene.run(['replay', basic])
    const { exitCode, stdout } = await scene.run(['replay', basic, agent])
    expect(exitCode).toBe(0)
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      otlp/logs  http://BACKEND/v1/logs
        2 produced = 2 delivered + 0 waiting + 0 rejected + 0 dropped
        in all since DATE: 4 produced = 4 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/traces  http://BACKEND/v1/traces
        25 produced = 25 delivered + 0 waiting + 0 rejected + 0 dropped
        in all since DATE: 45 produced = 45 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/metrics  http://BACKEND/v1/metrics
        53 produced = 53 delivered + 0 waiting + 0 rejected + 0 dropped
      27 items new; 22 items delivered on DATE; --again sends them once more (backends that only append will show them twice)
      "
    `)
  })

  it('says that all still waits while the backend is down, and what comes of it later', async () => {
    await using scene = await OutboxScene.open()
    scene.answer(down)
    await scene.run(['replay', basic])
    const waiting = await scene.run(['replay', basic])
    expect(waiting.exitCode).toBe(1)
    expect(`\n${waiting.stdout}`).toMatchInlineSnapshot(`
      "
      otlp/logs  http://BACKEND/v1/logs
        0 produced = 0 delivered + 0 waiting + 0 rejected + 0 dropped
        in all since DATE: 2 produced = 0 delivered + 2 waiting + 0 rejected + 0 dropped
        2 waiting since TIME: http://BACKEND/v1/logs answered 503: down
      otlp/traces  http://BACKEND/v1/traces
        0 produced = 0 delivered + 0 waiting + 0 rejected + 0 dropped
        in all since DATE: 20 produced = 0 delivered + 20 waiting + 0 rejected + 0 dropped
        20 waiting since TIME: http://BACKEND/v1/traces answered 503: down
      otlp/metrics  http://BACKEND/v1/metrics
        24 produced = 0 delivered + 24 waiting + 0 rejected + 0 dropped
        24 waiting: http://BACKEND/v1/metrics answered 503: down
      nothing new; 22 items from an earlier time still waiting
      "
    `)

    scene.answer('ok')
    const sent = await scene.run(['replay', basic])
    expect(sent.exitCode).toBe(0)
    // They may have been on their way already when they were met again.
    expect(sent.stdout).toMatch(/\nnothing new; 22 items (?:from an earlier time delivered now\n|delivered on DATE;)/)
    expect(scene.receiver.parts('traces').length).toBe(20)
  })

  it('tells what waits from what was delivered, signal by signal', async () => {
    await using scene = await OutboxScene.open()
    scene.answer(({ signal }) => (signal === 'logs' ? down : 'ok'))
    await scene.run(['replay', basic])
    const { exitCode, stdout } = await scene.run(['replay', basic])
    expect(exitCode).toBe(1)
    expect(stdout.split('\n').slice(-3)).toEqual([
      'nothing new; 20 items delivered on DATE; --again sends them once more (backends that only append will show them twice)',
      '2 items from an earlier time still waiting',
      '',
    ])
  })

  it('sends a destination that is on by now what it lacks', async () => {
    await using scene = await OutboxScene.open()
    await scene.run(['replay', basic])
    scene.switchOn(`${scene.receiver.url}/elsewhere`)
    const { exitCode, stdout } = await scene.run(['replay', basic])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(
      /\n {2}20 produced = 20 delivered.*\n[^]*\n22 items seen before, which a destination lacked\n$/,
    )
  })

  it('does not say of other content that it is not sent where a destination lacks it', async () => {
    await using scene = await OutboxScene.open()
    await scene.run(['replay', basic])
    vi.stubEnv('OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT', 'true')
    const kept = await scene.run(['replay', basic])
    expect(kept.stdout).toMatch(/\n\d+ items seen before with other content, and not sent again: /)
    scene.switchOn(`${scene.receiver.url}/elsewhere`)
    const lacking = await scene.run(['replay', basic])
    expect(lacking.stdout).toMatch(
      /\n {2}20 produced = 20 delivered[^]*\n22 items seen before, which a destination lacked\n$/,
    )

    scene.switchOn()
    const again = await scene.run(['replay', basic, '--again'])
    expect(again.stdout).toMatch(/\n22 items seen before, taken once more, because of --again\n$/)
    expect(again.stdout).not.toContain('superseded')
  })
})
