import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { fillDisk } from '../faults/fill-disk.ts'
import { describeWithInspect } from './inspect-python.ts'
import { freshReplay, InspectScene } from './inspect-scene.ts'
import {
  accountOf,
  allDelivered,
  evalCommand,
  expectAllThere,
  outcomesOf,
  startLive,
  succeeded,
} from './live-faults.ts'

const quick = ['--samples', '3', '--calls', '3', '--seconds', '0.2', '--exit-code', '7']
/** Bytes, of which the end of a sample has more. */
const tinyBuffer = { EVALSPAN_BUFFER: '3000' }

/** A small disk in the place of a folder. */
function mountDisk(folder: string, size: string): Disposable {
  mkdirSync(folder, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'pipe' })
  return { [Symbol.dispose]: () => execFileSync('umount', ['-l', folder]) }
}

function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

describeWithInspect('evalspan run with a backend', { concurrent: true }, () => {
  it.each([
    ['is away', 'reset', 'flush'],
    ['is busy', { status: 503 }, 'flush'],
    ['does not answer', 'hang', 'flush'],
    ['refuses all for good', { status: 400 }, 'retry'],
  ] as const)('that %s keeps all, and the eval is as always', async (_, answer, repair) => {
    await using scene = await InspectScene.open()
    scene.arrivals.answer = answer
    const hasty = { EVALSPAN_FLUSH_TIMEOUT: '1s', OTEL_EXPORTER_OTLP_TIMEOUT: '2000' }
    const ended = await startLive(scene, quick, hasty).ended
    expect(ended.code, ended.stderr).toBe(7)
    const { 'otlp/traces': traces } = accountOf(ended)
    expect(traces).toMatchObject({ delivered: 0, dropped: 0 })
    expect(traces![repair === 'flush' ? 'waiting' : 'rejected']).toBe(44)
    expect(await outcomesOf(scene)).toEqual(succeeded)
    scene.arrivals.answer = 'ok'
    const repaired = await scene.evalspan([repair]).ended
    expect(repaired.code, repaired.stdout + repaired.stderr).toBe(0)
    await expectAllThere(scene)
  })

  it('that is slow holds up nobody but the end', async () => {
    await using scene = await InspectScene.open()
    scene.arrivals.answer = { afterMs: 700 }
    const ended = await startLive(scene, quick).ended
    expect(ended.code, ended.stderr).toBe(7)
    expect(accountOf(ended)).toMatchObject({ 'otlp/traces': allDelivered, 'otlp/logs': allDelivered })
    await expectAllThere(scene)
  })
})

describeWithInspect('evalspan run with a small disk', { concurrent: true, skip: !canMount() }, () => {
  it('for its outbox, which is full from the beginning on, sends all', async () => {
    await using scene = await InspectScene.open()
    const outbox = scene.place('outbox')
    using _ = mountDisk(outbox, '256k')
    fillDisk(outbox)
    const ended = await startLive(scene, quick).ended
    expect(ended.code, ended.stderr).toBe(7)
    expect(ended.stderr).toContain(`the outbox ${outbox}/outbox.db cannot be used (database or disk is full)`)
    expect(accountOf(ended)).toMatchObject({ 'otlp/traces': allDelivered, 'otlp/logs': allDelivered })
    expect(await outcomesOf(scene)).toEqual(succeeded)
    await expectAllThere(scene)
  })

  it('for its outbox, which fills up meanwhile, sends all', async () => {
    await using scene = await InspectScene.open()
    const outbox = scene.place('outbox')
    using _ = mountDisk(outbox, '1m')
    const run = startLive(scene, quick)
    await scene.arrivals.until('chat', 4)
    fillDisk(outbox)
    const ended = await run.ended
    expect(ended.code, ended.stderr).toBe(7)
    expect(accountOf(ended)).toMatchObject({ 'otlp/traces': allDelivered, 'otlp/logs': allDelivered })
    expect(await outcomesOf(scene)).toEqual(succeeded)
    await expectAllThere(scene)
  })

  it('for the logs, which fills up meanwhile, sends what Inspect told, and names the log that has no end', async () => {
    await using scene = await InspectScene.open()
    using _ = mountDisk(scene.logs, '1m')
    const run = startLive(scene, quick)
    await scene.arrivals.until('chat', 4)
    const ballast = fillDisk(scene.logs)
    const ended = await run.ended
    rmSync(ballast)
    // What Inspect makes of it is its own affair.
    expect(ended.code, ended.stderr).toBe(7)
    expect(await outcomesOf(scene)).toMatchObject([['started', {}]])
    expect(ended.stderr).toContain(`evalspan replay ${scene.paths[0]}`)
    expect(accountOf(ended)).toMatchObject({ 'otlp/traces': allDelivered })
    const alone = await freshReplay(scene, scene.logs)
    expect(alone.keys.filter((key) => !scene.arrivals.keys.includes(key))).toEqual([])
    expect((await scene.evalspan(['flush', '--seal']).ended).code).toBe(0)
    expect(scene.arrivals.named('eval_sample')).toHaveLength(3)
    expect(new Set(scene.arrivals.keys).size).toBe(scene.arrivals.spans.length)
  })
})

describeWithInspect('evalspan run whose eval has a log', { concurrent: true }, () => {
  it('tells from it what the forwarder had no room for', async () => {
    await using scene = await InspectScene.open()
    const ended = await startLive(scene, quick, tinyBuffer).ended
    expect(ended.code, ended.stderr).toBe(7)
    expect(ended.stderr).toMatch(/^evalspan: \d+ events? did not reach the listener at /)
    expect(accountOf(ended)).toMatchObject({ 'otlp/traces': allDelivered })
    expect(await outcomesOf(scene)).toEqual(succeeded)
    await expectAllThere(scene)
  })

  it('tells from the logs of a set, with a task that fails at first, what the forwarder had no room for', async () => {
    await using scene = await InspectScene.open()
    const ended = await startLive(scene, [...quick, '--set'], tinyBuffer).ended
    expect(ended.code, ended.stderr).toBe(7)
    expect(accountOf(ended)).toMatchObject({ 'otlp/traces': allDelivered })
    await expectAllThere(scene)
  })

  it('that is moved away needs none of it when all came live', async () => {
    await using scene = await InspectScene.open()
    const ended = await startLive(scene, [...quick, '--move-logs', scene.place('moved')]).ended
    expect(ended.code, ended.stderr).toBe(7)
    expect(ended.stderr).toMatch(/^otlp/)
    renameSync(scene.place('moved'), scene.logs)
    await expectAllThere(scene)
  })

  it('that is removed meanwhile goes on', async () => {
    await using scene = await InspectScene.open()
    const run = startLive(scene, [...quick, '--seconds', '0.5'])
    await scene.arrivals.until('chat', 4)
    rmSync(scene.paths[0]!)
    const ended = await run.ended
    expect(ended.code, ended.stderr).toBe(7)
    expect(await outcomesOf(scene)).toEqual(succeeded)
    await expectAllThere(scene)
  })

  it.skipIf(!canMount())(
    'that it cannot see says so, and a replay of the log completes what it could not',
    async () => {
      await using scene = await InspectScene.open()
      const kept = scene.place('kept')
      const script = `mount -t tmpfs tmpfs ${scene.logs} && "$@"; code=$?; cp -r ${scene.logs} ${kept}; exit $code`
      const command = ['unshare', '-m', '/bin/sh', '-c', script, 'sh', ...evalCommand(scene, quick)]
      const ended = await scene.evalspan(['run', '--', ...command], tinyBuffer).ended
      expect(ended.code, ended.stderr).toBe(7)
      expect(ended.stderr.match(/^error: .*$/gm)).toEqual([
        expect.stringMatching(/^error: \S+\.eval: there is no such file; check the path$/),
      ])
      // Whether the end of the task had a place in the buffer is a matter of moments.
      expect(ended.stderr).toMatch(
        /^(1 task|\d+ samples?)\b.* came to no end that is known: drafts until `evalspan replay /m,
      )
      cpSync(kept, scene.logs, { recursive: true })
      expect(await scene.replay(scene.logs)).toMatchObject({ code: 0, stderr: '' })
      await expectAllThere(scene)
    },
  )
})
