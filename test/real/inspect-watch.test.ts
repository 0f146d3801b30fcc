import { expect, it } from 'vitest'
import type { Child } from '../faults/child-process.ts'
import { describeWithInspect } from './inspect-python.ts'
import { freshReplay, InspectScene } from './inspect-scene.ts'

/** Each sample takes some seconds, and each model call one, so that there is time to look on. */
const slow = ['--samples', '2', '--calls', '4', '--seconds', '1']
/** For so long nothing comes only while no request is on its way: less than between two model calls. */
const quietMs = 300

describeWithInspect('evalspan watch while real evals run', { concurrent: true }, () => {
  it('sends spans of running samples, then the samples, and the task and the run at the end', async () => {
    await using scene = await InspectScene.open()
    const watcher = scene.watch()
    const run = scene.startEval(...slow)
    await scene.arrivals.until('eval_run')
    expect(await interrupted(watcher)).toMatch(/live {2}fake\/live {2}2 of 2 samples {2}success\n/)
    expect((await run.ended).code).toBe(0)

    const { arrivals } = scene
    for (const root of arrivals.named('eval_sample')) {
      const traceId = root.key.split('/')[0]!
      const [chat] = arrivals.named('chat').filter(({ key }) => key.startsWith(traceId))
      expect(chat!.at).toBeLessThan(root.end)
    }
    const [task] = arrivals.named('eval_task')
    const [first] = arrivals.named('eval_sample')
    expect(first!.at).toBeLessThan(task!.end)
    expect(arrivals.spans.slice(-2).map(({ name }) => name)).toEqual(['eval_task live', 'eval_run'])
    expect(arrivals.all).toEqual((await freshReplay(scene, scene.logs)).all)
  })

  it('goes on where it was killed, in a sample and between two, and sends nothing twice', async () => {
    await using scene = await InspectScene.open()
    const { arrivals } = scene
    const run = scene.startEval(...slow)
    for (const next of ['chat', 'eval_sample', 'execute_tool add']) {
      const watcher = scene.watch()
      const count = arrivals.named(next).length
      await arrivals.until(next, count + 1)
      await arrivals.quiet(quietMs)
      watcher.kill('SIGKILL')
      await watcher.ended
    }
    const last = scene.watch()
    await arrivals.until('eval_run')
    await interrupted(last)
    expect((await run.ended).code).toBe(0)
    expect(arrivals.all).toEqual((await freshReplay(scene, scene.logs)).all)
  })

  it('tells evals apart that write into one folder, in either format', async () => {
    await using scene = await InspectScene.open()
    const { arrivals } = scene
    const watcher = scene.watch()
    const runs = [
      scene.startEval('--name', 'one', '--samples', '3', '--at-once', '3', '--seconds', '0.6'),
      scene.startEval('--name', 'two', '--seconds', '0.4', '--format', 'json'),
    ]
    await arrivals.until('eval_run', 2)
    expect(await interrupted(watcher)).toMatch(/one {2}fake\/live {2}3 of 3 samples {2}success\n/)
    expect((await Promise.all(runs.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([0, 0])
    expect(
      arrivals
        .named('eval_task')
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['eval_task one', 'eval_task two'])
    expect(arrivals.all).toEqual((await freshReplay(scene, scene.logs)).all)
  })

  it('follows an eval set whose task fails and is tried again', async () => {
    await using scene = await InspectScene.open()
    const { arrivals } = scene
    const watcher = scene.watch()
    const run = scene.startEval('--set', '--seconds', '0.3', '--samples', '2')
    expect((await run.ended).code).toBe(0)
    await arrivals.until('eval_task', 3)
    await arrivals.until('eval_run')
    await interrupted(watcher)
    const statuses = arrivals.named('eval_task live').map(({ attributes }) => attributes['test.suite.run.status'])
    expect(statuses).toEqual(['failure', 'success'])
    expect(arrivals.all).toEqual((await freshReplay(scene, scene.logs)).all)
  })

  it('is done bit by bit with --once, and sends nothing when nothing has come', async () => {
    await using scene = await InspectScene.open()
    const { arrivals } = scene
    const run = scene.startEval(...slow)
    const once = async (): Promise<number> => {
      const before = arrivals.spans.length
      const { code, stdout, stderr } = await scene.watch('--once', '--quiet', '0.001').ended
      expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' })
      return arrivals.spans.length - before
    }
    await run.until(() => run.stdout.includes('live 1 call 3'))
    expect(await once()).toBeGreaterThan(0)
    await run.until(() => run.stdout.includes('live 2 call 2'))
    expect(await once()).toBeGreaterThan(0)
    expect(arrivals.named('eval_sample').length).toBe(1)
    await run.ended
    expect(await once()).toBeGreaterThan(0)
    expect(await once()).toBe(0)
    expect(arrivals.all).toEqual((await freshReplay(scene, scene.logs)).all)
  })
})

/** Ends a watcher as Ctrl-C does, and gives what it wrote. */
async function interrupted(watcher: Child): Promise<string> {
  watcher.kill('SIGINT')
  const { code, stdout, stderr } = await watcher.ended
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' })
  return stdout
}
