import { expect, it } from 'vitest'
import { isThere } from '../../src/processes.ts'
import { eventually } from '../faults/child-process.ts'
import { describeWithInspect, inspectCommand } from './inspect-python.ts'
import { InspectScene } from './inspect-scene.ts'
import {
  accountOf,
  allDelivered,
  evalIn,
  expectAllThere,
  expectAllThereAtLeastOnce,
  followAdvice,
  outcomesOf,
  startLive,
  succeeded,
} from './live-faults.ts'

const slow = ['--samples', '3', '--calls', '3', '--seconds', '0.5', '--exit-code', '7']

/** Has Inspect recover the log of an eval that is gone, and sends what is in it. */
async function recover(scene: InspectScene): Promise<void> {
  const [log] = scene.paths
  scene.silence()
  const { code, stdout, stderr } = await scene.run(inspectCommand('log', 'recover', log!)).ended
  expect(code, stdout + stderr).toBe(0)
  expect(await scene.replay(scene.logs)).toMatchObject({ code: 0, stderr: '' })
}

describeWithInspect('an eval that is killed under evalspan run', { concurrent: true }, () => {
  it('leaves drafts, which are named, and what is recovered of its log completes', async () => {
    await using scene = await InspectScene.open()
    const run = startLive(scene, slow)
    await scene.arrivals.until('chat', 4)
    process.kill(evalIn(scene), 'SIGKILL')
    const ended = await run.ended
    expect(ended.code).toBe(137)
    const [log] = scene.paths
    expect(ended.stderr).toContain(`drafts until \`evalspan replay ${log}\` completes them`)
    expect(ended.stderr).toMatch(/beside that: \d drafts/)
    expect(accountOf(ended)).toMatchObject({ 'otlp/traces': allDelivered })
    await recover(scene)
    await expectAllThere(scene)
  })

  it('leaves drafts, which flush --seal closes as incomplete', async () => {
    await using scene = await InspectScene.open()
    const run = startLive(scene, slow)
    await scene.arrivals.until('chat', 4)
    process.kill(evalIn(scene), 'SIGKILL')
    expect((await run.ended).code).toBe(137)
    const before = scene.arrivals.spans.length
    const flushed = await scene.evalspan(['flush', '--seal']).ended
    expect(flushed.code).toBe(0)
    const closed = scene.arrivals.spans.slice(before)
    expect(closed.map(({ name }) => name).toSorted()).toEqual([
      'eval_attempt',
      'eval_run',
      'eval_sample live',
      'eval_task live',
      'solver generate',
      'solvers',
    ])
    expect(closed.filter(({ attributes }) => attributes['eval.incomplete'] !== true)).toEqual([])
    expect(new Set(scene.arrivals.keys).size).toBe(scene.arrivals.spans.length)
  })
})

describeWithInspect('evalspan run that is killed', { concurrent: true }, () => {
  it('does not keep the eval from ending well, which says in one line what is left to do', async () => {
    await using scene = await InspectScene.open()
    const run = startLive(scene, [...slow, '--seconds', '1'])
    await scene.arrivals.until('chat', 4)
    // An answer that was on its way would be lost, and what it was to sent once more.
    await scene.arrivals.quiet(300)
    run.kill('SIGKILL')
    const ended = await run.ended
    expect(ended.code).toBe(137)
    expect(ended.stderr).toMatch(/^evalspan: \d+ events? did not reach the listener at .*: evalspan replay .*\n$/m)
    expect(await outcomesOf(scene)).toEqual(succeeded)
    await followAdvice(scene, ended)
    await expectAllThere(scene)
  })

  it('together with its eval leaves what a replay of the recovered log completes', async () => {
    await using scene = await InspectScene.open()
    const run = startLive(scene, slow)
    await scene.arrivals.until('chat', 4)
    const pid = evalIn(scene)
    process.kill(pid, 'SIGKILL')
    run.kill('SIGKILL')
    expect((await run.ended).code).toBe(137)
    // Nobody is left to wait for it, and until the system has, Inspect takes it for alive.
    await eventually('the eval is gone', () => !isThere(pid))
    await recover(scene)
    await expectAllThereAtLeastOnce(scene)
  })
})
