import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Child } from '../faults/child-process.ts'
import { describeWithInspect, inspectCommand } from './inspect-python.ts'
import { InspectScene } from './inspect-scene.ts'
import {
  accountOf,
  allDelivered,
  evalCommand,
  expectAllThere,
  isRunning,
  outcomesOf,
  startLive,
} from './live-faults.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const hasScript = spawnSync('script', ['--version']).status === 0
/** The first sample is over soon, the second one is at work. */
const slow = ['--samples', '3', '--calls', '3', '--seconds', '0.5', '--exit-code', '7']
const cancelled = [['cancelled', { '1 1': 'ok', '2 1': expect.stringMatching(/^CancelledError\(/) as string }]]

/** The first model call of the second sample has arrived, the next one is under way. */
async function inSecondSample(scene: InspectScene): Promise<void> {
  await scene.arrivals.until('chat', 4)
}

/** On a terminal of its own, which has what it writes, on both streams, as `stdout`; keys are written to `stdin`. */
function startOnTerminal(scene: InspectScene, command: readonly string[]): Child {
  const words = [process.execPath, main, 'run', '--', ...command].map((word) => `'${word}'`)
  // A shell between them would get Ctrl-C as well, and end with a code of its own.
  return scene.run(['script', '-qec', `exec ${words.join(' ')}`, '/dev/null'], {
    SHELL: '/bin/sh',
    TERM: 'xterm-256color',
  })
}

/** In a process group of its own, whose id is its own. */
function startInGroup(scene: InspectScene, command: readonly string[]): Child {
  return scene.run(['setsid', process.execPath, main, 'run', '--', ...command])
}

describeWithInspect('evalspan run that gets a signal', { concurrent: true }, () => {
  it('hands on a SIGINT that it alone got, and sends what Inspect then ends in order', async () => {
    await using scene = await InspectScene.open()
    const run = startLive(scene, slow)
    await inSecondSample(scene)
    run.kill('SIGINT')
    const ended = await run.ended
    expect(ended.code).toBe(7)
    expect(accountOf(ended)).toMatchObject({ 'otlp/traces': allDelivered, 'otlp/logs': allDelivered })
    expect(await outcomesOf(scene)).toEqual(cancelled)
    await expectAllThere(scene)
  })

  it('lets Inspect end in order when its whole group gets SIGINT', async () => {
    await using scene = await InspectScene.open()
    const run = startInGroup(scene, evalCommand(scene, slow))
    await inSecondSample(scene)
    process.kill(-run.process.pid!, 'SIGINT')
    const ended = await run.ended
    expect(ended.code).toBe(7)
    expect(accountOf(ended)).toMatchObject({ 'otlp/traces': allDelivered })
    expect(await outcomesOf(scene)).toEqual(cancelled)
    await expectAllThere(scene)
  })

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('hands on %s, by which a Python is gone, and says how to complete what is open', async (signal, code) => {
    await using scene = await InspectScene.open()
    const run = startLive(scene, slow)
    await inSecondSample(scene)
    run.kill(signal)
    const ended = await run.ended
    expect(ended.code).toBe(code)
    const [log] = scene.paths
    expect(ended.stderr).toContain(
      `1 task and 1 sample came to no end that is known: drafts until \`evalspan replay ${log}\` completes them`,
    )
    expect(accountOf(ended)).toMatchObject({ 'otlp/traces': allDelivered })
    scene.silence()
    expect((await scene.run(inspectCommand('log', 'recover', log!)).ended).code).toBe(0)
    const repair = await scene.replay(scene.logs)
    expect(repair).toMatchObject({ code: 0, stderr: '' })
    expect(await outcomesOf(scene)).toMatchObject([
      ['error', { '1 1': 'ok' }],
      ['started', { '1 1': 'ok' }],
    ])
    await expectAllThere(scene)
  })

  it('while the rest is sent leaves it in the outbox, and ends as the command ended', async () => {
    await using scene = await InspectScene.open()
    scene.arrivals.answer = 'hang'
    const run = startLive(scene, ['--samples', '1', '--seconds', '0.1', '--exit-code', '7'])
    await run.until(() => run.stdout.includes('live 1 call 3'))
    while (isRunning(scene)) await sleep(50)
    await sleep(500)
    const began = performance.now()
    run.kill('SIGINT')
    const ended = await run.ended
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(ended.code, ended.stderr).toBe(7)
    expect(accountOf(ended)).toMatchObject({ 'otlp/traces': { delivered: 0, rejected: 0, dropped: 0 } })
    scene.arrivals.answer = 'ok'
    expect((await scene.evalspan(['flush']).ended).code).toBe(0)
    await expectAllThere(scene)
  })
})

describeWithInspect('evalspan run on a terminal', { concurrent: true, skip: !hasScript }, () => {
  it('leaves Ctrl-C to Inspect, which gets it once, and ends with its exit code and the account', async () => {
    await using scene = await InspectScene.open()
    const run = startOnTerminal(scene, evalCommand(scene, slow))
    await inSecondSample(scene)
    run.process.stdin?.write('\u0003')
    const ended = await run.ended
    expect(ended.code).toBe(7)
    expect(accountOf(ended)).toMatchObject({ 'otlp/traces': allDelivered })
    expect(await outcomesOf(scene)).toEqual(cancelled)
    await expectAllThere(scene)
  })

  it('hands on a SIGINT that it alone got there, too', async () => {
    await using scene = await InspectScene.open()
    const run = startOnTerminal(scene, evalCommand(scene, slow))
    await inSecondSample(scene)
    const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n')
    const line = lines.find((each) => /^ *\d+ \S*node /.test(each) && each.includes(scene.logs))
    process.kill(Number.parseInt(line!, 10), 'SIGINT')
    const ended = await run.ended
    expect(ended.code).toBe(7)
    expect(await outcomesOf(scene)).toEqual(cancelled)
    await expectAllThere(scene)
  })

  it('sends what there is when a second Ctrl-C keeps Inspect from finishing its log', async () => {
    await using scene = await InspectScene.open()
    const run = startOnTerminal(scene, evalCommand(scene, slow))
    await inSecondSample(scene)
    run.process.stdin?.write('\u0003')
    await sleep(20)
    run.process.stdin?.write('\u0003')
    const ended = await run.ended
    expect(accountOf(ended)).toMatchObject({ 'otlp/traces': allDelivered })
    const [[status]] = (await outcomesOf(scene)) as [[string]]
    const isOpen = ended.stdout.includes('came to no end that is known')
    expect(isOpen).toBe(status === 'started')
    if (isOpen) await expectAllThere(scene)
  })

  it('leaves keys and screen to Inspect’s own display, which gives the screen back before the account', async () => {
    await using scene = await InspectScene.open()
    const run = startOnTerminal(scene, evalCommand(scene, [...slow, '--display', 'full']))
    await inSecondSample(scene)
    run.process.stdin?.write('\u0003')
    const ended = await run.ended
    // From there Ctrl-C is an error that ends the script.
    expect(ended.code).toBe(130)
    const [screen = '', last = ''] = ended.stdout.split('\u001b[?1049l')
    expect(screen).toContain('\u001b[?1049h')
    expect(screen).not.toContain('produced')
    expect(last).toContain('Task interrupted')
    expect(accountOf({ stdout: last, stderr: '' })).toMatchObject({ 'otlp/traces': allDelivered })
    expect(await outcomesOf(scene)).toEqual(cancelled)
    // What was raised in a run is in no log.
    await expectAllThere(scene, ['eval_run'])
  })

  it('sends what there is when the terminal is closed', async () => {
    await using scene = await InspectScene.open()
    const run = startOnTerminal(scene, evalCommand(scene, slow))
    await inSecondSample(scene)
    run.kill('SIGKILL')
    await run.ended
    // Both have got SIGHUP.
    await scene.arrivals.quiet(3000)
    scene.silence()
    expect((await scene.run(inspectCommand('log', 'recover', scene.paths[0]!)).ended).code).toBe(0)
    expect(await scene.replay(scene.logs)).toMatchObject({ code: 0, stderr: '' })
    await expectAllThere(scene)
  })
})
