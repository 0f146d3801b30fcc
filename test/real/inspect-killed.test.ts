import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Ended } from '../faults/child-process.ts'
import type { Arrivals } from './arrivals.ts'
import { describedByInspect } from './inspect-described.ts'
import { describeWithInspect, inspectCommand } from './inspect-python.ts'
import { freshReplay, InspectScene } from './inspect-scene.ts'

/** One sample after another; two are written together. */
const halves = ['--samples', '4', '--buffer', '2', '--seconds', '0.4']

/** Two samples are in its log, one is finished, and one is in its second model call. */
async function killedEval(...options: readonly string[]): Promise<InspectScene> {
  const scene = await InspectScene.open()
  const run = scene.startEval(...halves, ...options)
  await run.until(() => run.stdout.includes('live 4 call 2'))
  run.kill('SIGKILL')
  expect((await run.ended).code).toBe(137)
  scene.silence()
  return scene
}

describeWithInspect.each(['eval', 'json'])('the log of a run that was killed, .%s', (format) => {
  let scene: InspectScene
  beforeAll(async () => void (scene = await killedEval('--format', format)))
  afterAll(() => scene?.[Symbol.asyncDispose]())

  it('gives what it holds and what was finished in the buffer; the rest stays a draft', async () => {
    const { arrivals } = scene
    const { stderr, stdout } = expectSuccess(await scene.replay(scene.logs))
    expect(stderr).toMatch(/^1 task and 1 sample have no end in this input; .*\n$/)
    // Of the sample: itself, its attempt and two spans. Of the run: the task and itself.
    expect(stdout).toContain('beside that: 6 drafts (begun, not ended)\n')
    expect(samplesOf(arrivals)).toEqual(['1', '2', '3'])
    expect(namesOfOpenSample(arrivals)).toEqual(['solver use_tools', 'chat live', 'execute_tool add'])
    expect([...arrivals.named('eval_task'), ...arrivals.named('eval_run')]).toEqual([])
    const before = arrivals.spans.length
    expectSuccess(await scene.replay(scene.logs))
    expect(arrivals.spans.length).toBe(before)
  })

  it('is closed with --seal, as incomplete', async () => {
    await using other = await InspectScene.open(scene)
    expect(expectSuccess(await other.replay(scene.logs, '--seal')).stderr).toBe('')
    expect(samplesOf(other.arrivals)).toEqual(['1', '2', '3', '4'])
    const incomplete = other.arrivals.spans.filter(({ attributes }) => attributes['eval.incomplete'] === true)
    expect(incomplete.map(({ name }) => name).toSorted()).toEqual([
      'eval_attempt',
      'eval_run',
      'eval_sample live',
      'eval_task live',
    ])
    const before = other.arrivals.spans.length
    expectSuccess(await other.replay(scene.logs, '--seal'))
    expect(other.arrivals.spans.length).toBe(before)
  })

  // Inspect recovers no other.
  if (format !== 'eval') return
  it('is completed under the same ids by what Inspect recovers from it', async () => {
    const [crashed] = scene.paths
    const { code } = await scene.run(inspectCommand('log', 'recover', crashed!)).ended
    expect(code).toBe(0)
    const recovered = crashed!.replace('.eval', '-recovered.eval')
    expect(scene.paths).toEqual([recovered, crashed])
    const { stdout } = expectSuccess(await scene.replay(recovered))
    expect(stdout).not.toContain('superseded')
    expect(samplesOf(scene.arrivals)).toEqual(['1', '2', '3', '4'])
    expect(scene.arrivals.all).toEqual((await freshReplay(scene, recovered)).all)

    const [described] = await describedByInspect([recovered])
    expect(uuidsOf(scene.arrivals)).toEqual(Object.values(described!.samples).map(({ uuid }) => uuid))
    expect((await freshReplay(scene, scene.logs)).keys).toEqual(scene.arrivals.keys)
  })
})

describeWithInspect('the log of a run that is going on', () => {
  it('can be replayed as often as one likes: what comes out is what one replay of the finished log gives', async () => {
    await using scene = await InspectScene.open()
    const run = scene.startEval('--samples', '3', '--at-once', '2', '--seconds', '0.7')
    await run.until(() => run.stdout.includes('call 1'))
    const counts: number[] = []
    while (!run.isOver) {
      expectSuccess(await scene.replay(scene.logs))
      counts.push(scene.arrivals.spans.length)
    }
    expect(counts[0]).toBeLessThan(counts.at(-1)!)
    const { stdout } = expectSuccess(await scene.replay(scene.logs))
    expect(stdout).not.toContain('superseded')
    expect(scene.arrivals.all).toEqual((await freshReplay(scene, scene.logs)).all)
  })

  it('can be replayed from a copy on another machine, with the buffer beside it, and later from the finished log', async () => {
    await using scene = await InspectScene.open()
    // It has databases of its own, none.
    await using elsewhere = await InspectScene.open()
    const run = scene.startEval('--samples', '2', '--calls', '5', '--seconds', '0.6', '--shared', '1')
    await run.until(() => run.stdout.includes('live 2 call 4'))
    const copy = join(elsewhere.logs, 'copy')
    cpSync(scene.logs, copy, { recursive: true })
    const { stderr } = expectSuccess(await elsewhere.replay(copy))
    expect(stderr).toMatch(/^1 task and 1 sample have no end in this input; /)
    expect(samplesOf(elsewhere.arrivals)).toEqual(['1'])
    expect(namesOfOpenSample(elsewhere.arrivals)).toContain('chat live')
    expectSuccess(await run.ended)
    const { stdout } = expectSuccess(await elsewhere.replay(scene.logs))
    expect(stdout).not.toContain('superseded')
    expect(elsewhere.arrivals.all).toEqual((await freshReplay(scene, scene.logs)).all)
  })
})

function expectSuccess(ended: Ended): Ended {
  expect(ended.code, ended.stdout + ended.stderr).toBe(0)
  return ended
}

/** Which samples came to an end, by their ids in the dataset. */
function samplesOf(arrivals: Arrivals): string[] {
  return arrivals
    .named('eval_sample')
    .map(({ attributes }) => String(attributes['test.case.id']))
    .toSorted()
}

function uuidsOf(arrivals: Arrivals): unknown[] {
  return arrivals
    .named('eval_sample')
    .toSorted((a, b) => String(a.attributes['test.case.id']).localeCompare(String(b.attributes['test.case.id'])))
    .map(({ attributes }) => attributes['test.case.run.id'])
}

/** What came of a sample whose own end did not. */
function namesOfOpenSample(arrivals: Arrivals): string[] {
  const ended = new Set(arrivals.named('eval_sample').map(({ key }) => key.split('/')[0]))
  return arrivals.spans.filter(({ key }) => !ended.has(key.split('/')[0])).map(({ name }) => name)
}
