import { describe, expect, it, vi } from 'vitest'
import { sampleTraceId } from '../../src/telemetry/ids.ts'
import { agent, basic, down, OutboxScene } from './outbox-scene.ts'

const uuid = 'J2x9Bb8xViZo93ZQb7jyEv'

describe('evalspan where', () => {
  it('shows the trace of a sample and what became of it, by uuid or by task, id and epoch', async () => {
    await using scene = await OutboxScene.open()
    scene.answer(({ signal }) => (signal === 'logs' ? down : 'ok'))
    await scene.run(['replay', basic])
    scene.switchOff()
    const { exitCode, stdout, stderr } = await scene.run(['where', uuid])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      basic  two, epoch 1  (J2x9Bb8xViZo93ZQb7jyEv)
        trace 768925eafdd1ae3da6bdd641c5b79c30
        otlp/logs  http://BACKEND/v1/logs
          1 waiting
        otlp/traces  http://BACKEND/v1/traces
          9 items delivered, last on TIME
      "
    `)
    expect(await scene.run(['where', 'basic', 'two', '1'])).toEqual({ exitCode: 0, stdout, stderr })
    expect((await scene.run(['where', 'basic', 'two'])).stdout).toContain(uuid)
  })

  it('tells the answer of a backend that refused', async () => {
    await using scene = await OutboxScene.open()
    scene.answer({ status: 400, body: 'no such tenant' })
    await scene.run(['replay', basic])
    expect((await scene.run(['where', uuid])).stdout).toMatch(/\n {4}\d+ refused: http:.*400.*no such tenant\n/)
  })

  it('shows links by the template of the user, whatever is on, and by what is known of backends that are', async () => {
    await using scene = await OutboxScene.open()
    scene.switchOn(`${scene.receiver.url}/api/public/otel`)
    await scene.run(['replay', basic])
    const trace = sampleTraceId(uuid)
    expect((await scene.run(['where', uuid])).stdout).toContain(`\n  http://BACKEND/trace/${trace}\n`)
    scene.switchOff()
    expect((await scene.run(['where', uuid])).stdout).not.toContain('http://BACKEND/trace')
    vi.stubEnv('EVALSPAN_TRACE_URL', 'http://jaeger/trace/{trace_id}')
    expect((await scene.run(['where', uuid])).stdout).toContain(`\n  http://jaeger/trace/${trace}\n`)
    expect((await scene.run(['where', 'unknown'])).stdout).toContain('\n  http://jaeger/trace/')
  })

  it('gives the same as JSON', async () => {
    await using scene = await OutboxScene.open()
    await scene.run(['replay', basic])
    expect(`\n${(await scene.run(['where', uuid, '--json'])).stdout}`).toMatchInlineSnapshot(`
      "
      {
        "known": true,
        "samples": [
          {
            "uuid": "J2x9Bb8xViZo93ZQb7jyEv",
            "task": "basic",
            "sample": "two",
            "epoch": 1,
            "trace": "768925eafdd1ae3da6bdd641c5b79c30",
            "links": [],
            "destinations": [
              {
                "destination": "otlp/logs:HASH",
                "sink": "otlp/logs",
                "address": "http://BACKEND/v1/logs",
                "produced": 1,
                "delivered": 1,
                "waiting": 0,
                "rejected": 0,
                "dropped": 0,
                "lastDelivered": "TIME",
                "answers": [],
                "state": {}
              },
              {
                "destination": "otlp/traces:HASH",
                "sink": "otlp/traces",
                "address": "http://BACKEND/v1/traces",
                "produced": 9,
                "delivered": 9,
                "waiting": 0,
                "rejected": 0,
                "dropped": 0,
                "lastDelivered": "TIME",
                "answers": [],
                "state": {}
              }
            ]
          }
        ]
      }
      "
    `)
  })

  it('knows a sample that is under way', async () => {
    await using scene = await OutboxScene.open()
    await scene.runApart(['replay', await scene.beginning(agent)])
    const { exitCode, stdout } = await scene.run(['where', 'react_agent', 'a1'])
    expect(exitCode).toBe(0)
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      react_agent  a1, epoch 1  (5acJXb9BoY3RDcDDGv395a)
        trace 1747eecc4d03f2d04a48f2b0a5af2a1f
        otlp/traces  http://BACKEND/v1/traces
          17 items delivered, last on TIME
      "
    `)
  })

  it('gives the trace that a sample would have when the outbox has not seen it, and exits with 1', async () => {
    await using scene = await OutboxScene.open()
    const none = `Sample ${uuid}\n  trace ${sampleTraceId(uuid)} (computed)\n`
    expect(await scene.run(['where', uuid])).toEqual({
      exitCode: 1,
      stdout: `${none}No outbox yet in FOLDER/outbox: nothing waits.\n`,
      stderr: '',
    })
    await scene.run(['replay', agent])
    expect(await scene.run(['where', uuid])).toEqual({
      exitCode: 1,
      stdout: `${none}The outbox in FOLDER/outbox has not seen it.\n`,
      stderr: '',
    })
    expect(await scene.run(['where', 'basic', 'two', '3'])).toEqual({
      exitCode: 1,
      stdout: 'The outbox in FOLDER/outbox has not seen a sample two of a task basic, epoch 3.\n',
      stderr: '',
    })
    expect(JSON.parse((await scene.run(['where', 'basic', 'two', '--json'])).stdout)).toEqual({
      known: false,
      samples: [],
    })
  })
})
