import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { describeWithInspect } from './inspect-python.ts'
import { InspectScene } from './inspect-scene.ts'
import {
  accountOf,
  allDelivered,
  evalCommand,
  expectAllThere,
  listen,
  outcomesOf,
  startLive,
  stop,
} from './live-faults.ts'

describeWithInspect('live runs under load', () => {
  it('are all there when eight processes with 500 samples tell one listener', async () => {
    await using scene = await InspectScene.open()
    const listener = await listen(scene)
    const runs = Array.from({ length: 8 }, (_, index) => {
      const options = ['--name', `task${index}`, '--samples', index < 4 ? '63' : '62', '--at-once', '20']
      return scene.run(evalCommand(scene, [...options, '--calls', '2', '--seconds', '0.05']), listener.variables)
    })
    for (const run of runs) expect(await run.ended).toMatchObject({ code: 0, stderr: '' })
    expect(accountOf(await stop(listener))).toMatchObject({ 'otlp/traces': allDelivered, 'otlp/logs': allDelivered })
    expect(scene.arrivals.named('eval_sample')).toHaveLength(500)
    await expectAllThere(scene)
  })

  it('are all there when a sample is larger than what one record may be', async () => {
    await using scene = await InspectScene.open()
    const ended = await startLive(scene, ['--samples', '2', '--seconds', '0.1', '--large', '7']).ended
    expect(ended.stderr).toMatch(/^evalspan: \d+ events? did not reach the listener at .* \(too large /)
    expect(accountOf(ended)).toMatchObject({ 'otlp/traces': allDelivered, 'otlp/logs': allDelivered })
    expect(await outcomesOf(scene)).toEqual([['success', { '1 1': 'ok', '2 1': 'ok' }]])
    await expectAllThere(scene)
  })

  it('are not slowed by a slow hook of the user’s, and are all there at the end', async () => {
    await using scene = await InspectScene.open()
    const plugin = scene.place('slow-hooks.mjs')
    const index = new URL('../../src/index.ts', import.meta.url).href
    writeFileSync(
      plugin,
      `import { Hooks, hooks } from '${index}'
       class Slow extends Hooks {
         async onSampleEvent() { await new Promise((resolve) => setTimeout(resolve, 100)) }
       }
       hooks('slow', 'Takes its time')(Slow)`,
    )
    const began = performance.now()
    const run = startLive(scene, ['--samples', '8', '--at-once', '8', '--seconds', '0.1'], { EVALSPAN_PLUGINS: plugin })
    await run.until(() => run.stdout.includes('live 8 call 3'))
    const toLastCallMs = performance.now() - began
    const ended = await run.ended
    expect(ended.code, ended.stderr).toBe(0)
    // Of more than a hundred events each takes it a tenth of a second.
    expect(ended.ms - toLastCallMs).toBeGreaterThan(5_000)
    expect(accountOf(ended)).toMatchObject({ 'otlp/traces': allDelivered })
    await expectAllThere(scene)
  })
})
