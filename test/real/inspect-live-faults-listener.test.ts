import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Child, Ended } from '../faults/child-process.ts'
import { makeCertificates } from '../receiver/certificates.ts'
import { describeWithInspect } from './inspect-python.ts'
import { InspectScene } from './inspect-scene.ts'
import {
  accountOf,
  allDelivered,
  evalCommand,
  expectAllThere,
  expectAllThereAtLeastOnce,
  followAdvice,
  forwarding,
  listen,
  outcomesOf,
  stop,
  succeeded,
} from './live-faults.ts'

const slow = ['--samples', '3', '--calls', '3', '--seconds', '1', '--exit-code', '7']

async function endedWell(run: Child): Promise<Ended> {
  const ended = await run.ended
  expect(ended.code, ended.stderr).toBe(7)
  return ended
}

describeWithInspect('evalspan listen', { concurrent: true }, () => {
  it('that is killed and started again on the same socket is told what is under way, and all is there at the end', async () => {
    await using scene = await InspectScene.open()
    const first = await listen(scene)
    const run = scene.run(evalCommand(scene, slow), first.variables)
    await scene.arrivals.until('chat', 4)
    await scene.arrivals.quiet(300)
    first.child.kill('SIGKILL')
    await first.child.ended
    const seen = scene.arrivals.named('chat').length
    const second = await listen(scene)
    expect(second.variables).toEqual(first.variables)
    await scene.arrivals.until('chat', seen + 2)
    expect(run.isOver).toBe(false)
    expect((await endedWell(run)).stderr).toBe('')
    expect(accountOf(await stop(second))).toMatchObject({ 'otlp/traces': allDelivered })
    expect(await outcomesOf(scene)).toEqual(succeeded)
    await expectAllThere(scene)
  })

  it('that is killed again and again while much goes on loses nothing', async () => {
    await using scene = await InspectScene.open()
    let listener = await listen(scene)
    const much = ['--samples', '40', '--at-once', '8', '--calls', '4', '--seconds', '0.5', '--exit-code', '7']
    const run = scene.run(evalCommand(scene, much), listener.variables)
    for (const count of [5, 40, 80]) {
      await scene.arrivals.until('chat', count)
      listener.child.kill('SIGKILL')
      await listener.child.ended
      listener = await listen(scene)
    }
    expect(run.isOver).toBe(false)
    await endedWell(run)
    expect(accountOf(await stop(listener))).toMatchObject({ 'otlp/traces': allDelivered })
    await expectAllThereAtLeastOnce(scene)
  })

  it('that is stopped in order names what goes on, and another one goes on with it', async () => {
    await using scene = await InspectScene.open()
    const first = await listen(scene)
    const run = scene.run(evalCommand(scene, slow), first.variables)
    await scene.arrivals.until('chat', 4)
    const { stderr, stdout } = await stop(first)
    expect(stderr).toMatch(/^1 task and 1 sample came to no end that is known: drafts until `evalspan replay \S+`/)
    expect(accountOf({ stdout, stderr })).toMatchObject({ 'otlp/traces': allDelivered })
    expect(existsSync(first.variables['EVALSPAN_SOCKET']!)).toBe(false)
    await sleep(500)
    const second = await listen(scene)
    await endedWell(run)
    await stop(second)
    expect(await outcomesOf(scene)).toEqual(succeeded)
    await expectAllThere(scene)
  })

  it('that comes late is told all', async () => {
    await using scene = await InspectScene.open()
    const early = await listen(scene)
    await stop(early)
    const run = scene.run(evalCommand(scene, slow), early.variables)
    await run.until(() => run.stdout.includes('live 2 call 1'))
    const late = await listen(scene)
    await scene.arrivals.until('chat', 4)
    expect(run.isOver).toBe(false)
    // That it waits was worth a line, that all has arrived is none.
    expect((await endedWell(run)).stderr).toMatch(/^evalspan: .*; they wait in memory\. .*\n$/)
    await stop(late)
    await expectAllThere(scene)
  })

  it('that never comes costs the eval nothing, which says what to do', async () => {
    await using scene = await InspectScene.open()
    const socket = scene.place('nobody.sock')
    const run = scene.run(evalCommand(scene, slow), forwarding({ EVALSPAN_SOCKET: socket }))
    const ended = await endedWell(run)
    expect(await outcomesOf(scene)).toEqual(succeeded)
    await followAdvice(scene, ended)
    await expectAllThere(scene)
  })

  it('that is stalled for a while loses nothing', async () => {
    await using scene = await InspectScene.open()
    const stalled = await listen(scene)
    const run = scene.run(evalCommand(scene, slow), stalled.variables)
    await scene.arrivals.until('chat', 2)
    stalled.child.kill('SIGSTOP')
    await run.until(() => run.stdout.includes('live 2 call 2'))
    stalled.child.kill('SIGCONT')
    expect((await endedWell(run)).stderr).toBe('')
    await stop(stalled)
    await expectAllThere(scene)
  })

  it('that is stalled for ever holds up neither the eval nor its end', async () => {
    await using scene = await InspectScene.open()
    const stalled = await listen(scene)
    const run = scene.run(evalCommand(scene, slow), stalled.variables)
    await scene.arrivals.until('chat', 4)
    await scene.arrivals.quiet(300)
    stalled.child.kill('SIGSTOP')
    await run.until(() => run.stdout.includes('live 3 call 3'))
    const began = performance.now()
    const ended = await endedWell(run)
    // Most of it is what Python takes to end.
    expect(performance.now() - began).toBeLessThan(10_000)
    stalled.child.kill('SIGKILL')
    await stalled.child.ended
    await followAdvice(scene, ended)
    expect(await outcomesOf(scene)).toEqual(succeeded)
    await expectAllThere(scene)
  })

  it('does not take the place of one that listens, and says so', async () => {
    await using scene = await InspectScene.open()
    const one = await listen(scene)
    const other = await scene.evalspan(['listen']).ended
    expect(other).toMatchObject({ code: 2, stdout: '' })
    expect(other.stderr).toBe(
      `error: cannot listen at ${one.variables['EVALSPAN_SOCKET']}: somebody else listens there\n`,
    )
    const run = scene.run(evalCommand(scene, ['--samples', '1', '--seconds', '0.1']), one.variables)
    expect((await run.ended).code).toBe(0)
    await stop(one)
    await expectAllThere(scene)
  })

  it('and another one at another place share an outbox', async () => {
    await using scene = await InspectScene.open()
    const listeners = [await listen(scene), await listen(scene, ['--socket', scene.place('other.sock')])]
    const runs = listeners.map(({ variables }, index) =>
      scene.run(evalCommand(scene, ['--name', `task${index}`, '--seconds', '0.3']), variables),
    )
    for (const run of runs) expect((await run.ended).code).toBe(0)
    for (const each of listeners) await stop(each)
    await expectAllThere(scene)
  })

  it('takes over TCP and TLS what comes with its token', async () => {
    await using scene = await InspectScene.open()
    const { paths } = makeCertificates()
    const more = { EVALSPAN_TOKEN: 'a token of some length' }
    const tls = ['--tls-cert', paths.server, '--tls-key', paths.serverKey]
    const plain = await listen(scene, ['--tcp', '127.0.0.1:0'], more)
    const secure = await listen(scene, ['--tcp', '127.0.0.1:0', ...tls], { ...more, SSL_CERT_FILE: paths.ca })
    const runs = [plain, secure].map(({ variables }, index) =>
      scene.run(evalCommand(scene, ['--name', `task${index}`, '--seconds', '0.3']), variables),
    )
    for (const run of runs) expect(await run.ended).toMatchObject({ code: 0, stderr: '' })
    for (const each of [plain, secure]) await stop(each)
    await expectAllThere(scene)
  })

  it('takes nothing that comes with a wrong token, and the eval says so', async () => {
    await using scene = await InspectScene.open()
    const guarded = await listen(scene, ['--tcp', '127.0.0.1:0'], { EVALSPAN_TOKEN: 'a token of some length' })
    const wrong = { ...guarded.variables, EVALSPAN_TOKEN: 'another of some length' }
    const ended = await endedWell(scene.run(evalCommand(scene, slow), wrong))
    await stop(guarded)
    expect(scene.arrivals.spans).toEqual([])
    expect(ended.stderr).toContain('token')
    expect(ended.stderr + ended.stdout).not.toContain('another of some length')
    await followAdvice(scene, ended)
    await expectAllThere(scene)
  })

  it('has a socket in a folder that are its user’s alone', async () => {
    await using scene = await InspectScene.open()
    const { variables, child } = await listen(scene)
    const socket = variables['EVALSPAN_SOCKET']!
    expect([socket, dirname(socket)].map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual(['600', '700'])
    await stop({ child, variables })
  })
})
