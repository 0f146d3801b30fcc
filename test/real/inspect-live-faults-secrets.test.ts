import { expect, it } from 'vitest'
import { filesIn, findIn, rowsOf } from '../masking/findings.ts'
import { HttpReceiver } from '../receiver/http-receiver.ts'
import { describeWithInspect, pythonCommand } from './inspect-python.ts'
import { InspectScene } from './inspect-scene.ts'
import { outcomesOf } from './live-faults.ts'

/** Of the environment, where their names tell what they are. */
const word = 'correct-horse-battery'
const odd = 'pass"w\\örd/+&x 9'
/** Those that give themselves away. */
const shown = 'tvly-AbCdEfGhIjKlMnOpQrStUvWxYz'
const ofCommand = 'sk-proj-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789'
const secrets = [word, odd, shown, ofCommand]

const variables = { SOME_TOKEN: word, ODD_PASSWORD: odd, SHOWN_KEY: shown }

describeWithInspect.each(['NO_CONTENT', 'SPAN_AND_EVENT'])('secrets in a live run, with %s', (content) => {
  it('reach neither outbox, nor backend, nor what is printed', async () => {
    await using receiver = await HttpReceiver.start()
    await using scene = await InspectScene.open()
    const command = pythonCommand('secret_evals.py', scene.logs, '--api-key', ofCommand)
    // Half of it stays in the outbox.
    receiver.answer = ({ signal }) => (signal === 'traces' ? { status: 503 } : 'ok')
    const more = {
      ...variables,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: content,
      EVALSPAN_FLUSH_TIMEOUT: '1s',
    }
    const ended = await scene.evalspan(['run', '--', ...command], more).ended
    expect(ended.code, ended.stderr).toBe(0)
    const found = (bytes: Uint8Array | string): string[] => findIn(bytes, secrets)
    expect(found(JSON.stringify(await outcomesOf(scene)))).toEqual(expect.arrayContaining([`${word} (plain)`]))
    expect(found(ended.stderr)).toEqual([])
    expect(found(rowsOf(scene.place('outbox'), 'outbox.db'))).toEqual([])
    const files = [...filesIn(scene.place('outbox'))].flatMap(([path, bytes]) =>
      found(bytes).map((each) => `${path}: ${each}`),
    )
    expect(files).toEqual([])
    receiver.answer = 'ok'
    expect((await scene.evalspan(['flush'], more).ended).code).toBe(0)
    expect(receiver.parts('traces').length).toBeGreaterThan(20)
    const requests = [...receiver.taken, ...receiver.refused]
    expect(
      requests.flatMap(({ raw, content: decoded }) => [...found(raw!), ...found(JSON.stringify(decoded))]),
    ).toEqual([])
  })
})
