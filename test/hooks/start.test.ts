import { describe, expect, it } from 'vitest'
import { EvalspanError } from '../../src/errors.ts'
import { Hooks } from '../../src/hooks/hooks.ts'
import { Registry } from '../../src/hooks/registry.ts'
import { startHooks, type StartOptions } from '../../src/hooks/start.ts'
import { installed, project, registering } from './project.ts'

describe('startHooks', () => {
  it('discovers, loads, checks and announces', async () => {
    const cwd = await project({
      'package.json': { dependencies: { slack: '1', broken: '1' } },
      ...installed(
        'node_modules/slack',
        { type: 'module', evalspan: { hooks: 'registry.js' } },
        { 'registry.js': registering('post', 'Posts scores') },
      ),
      'node_modules/broken/package.json': { evalspan: { hooks: 'absent.js' } },
    })
    const { registry, options, lines } = setUp(cwd, { EVALSPAN_REQUIRED_HOOKS: 'slack/post, lazy' })
    registry.register({ name: 'lazy', description: 'Comes late', source: () => Promise.resolve(Hooks) })
    registry.register({ name: 'torn', description: '', source: () => Promise.reject(new Error('no library')) })
    await startHooks(options)
    expect(lines.map((line) => line.replaceAll(cwd, '/project'))).toEqual([
      'report: hooks of package \'broken\' are left out: /project/node_modules/broken/absent.js, which "evalspan.hooks" in ' +
        '/project/node_modules/broken/package.json names, is no file: build the package, or correct the path',
      "report: hooks 'torn' cannot be loaded and are left out: no library",
      expect.stringMatching(/^banner: evalspan .*: hooks on: lazy \(Comes late\), slack\/post \(Posts scores\)$/),
    ])
  })

  it('may be called again, and then searches, loads and announces nothing twice', async () => {
    const cwd = await project({ 'package.json': { evalspan: { hooks: 'absent.js' } } })
    const { registry, options, lines } = setUp(cwd)
    registry.register({ name: 'early', description: '', source: Hooks })
    await Promise.all([startHooks(options), startHooks(options)])
    await startHooks(options)
    expect(lines.map((line) => line.split(':')[0])).toEqual(['report', 'banner'])
    expect(registry.list()).toHaveLength(1)
  })

  it('loads what was registered since the last start', async () => {
    const { registry, options } = setUp(await project({}))
    await startHooks(options)
    registry.register({ name: 'late', description: '', source: () => Hooks })
    await startHooks({ ...options, env: { EVALSPAN_REQUIRED_HOOKS: 'late' } })
    expect(registry.list().map(({ name }) => name)).toEqual(['late'])
  })

  it('rejects while a required hook is missing, also one that cannot be loaded', async () => {
    const { registry, options, lines } = setUp(await project({}), { INSPECT_REQUIRED_HOOKS: 'audit' })
    registry.register({ name: 'audit', description: '', source: () => Promise.reject(new Error('no library')) })
    const expected = new EvalspanError(
      'MISSING_HOOK',
      "required hooks are missing:\n  'audit', required by INSPECT_REQUIRED_HOOKS: register it with hooks('audit', …), " +
        'or name its package or file in EVALSPAN_PLUGINS\nRegistered hooks: none.',
    )
    await expect(startHooks(options)).rejects.toThrow(expected)
    await expect(startHooks(options)).rejects.toThrow(expected)
    registry.register({ name: 'audit', description: '', source: Hooks })
    await startHooks(options)
    expect(lines).toEqual([
      "report: hooks 'audit' cannot be loaded and are left out: no library",
      expect.stringContaining('hooks on: audit'),
    ])
  })

  it('says nothing when no hooks are on', async () => {
    const { options, lines } = setUp(await project({}))
    await startHooks(options)
    expect(lines).toEqual([])
  })
})

function setUp(
  cwd: string,
  env: { [name: string]: string } = {},
): { registry: Registry; options: StartOptions; lines: string[] } {
  const registry = new Registry()
  const lines: string[] = []
  const options: StartOptions = {
    host: 'evalspan',
    cwd,
    env,
    registry,
    report: (message) => lines.push(`report: ${message}`),
    banner: (line) => lines.push(`banner: ${line}`),
  }
  return { registry, options, lines }
}
