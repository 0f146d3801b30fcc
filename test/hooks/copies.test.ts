import { execFile } from 'node:child_process'
import { cp, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { installed, project, root } from './project.ts'

const run = promisify(execFile)

describe('two copies of the package in one process', () => {
  it('share one registry, and know the classes of each other', async () => {
    const folder = await project({
      'main.ts': `
        import { LimitExceededError } from './copy-a/errors.ts'
        import { hasApiKeyOverride } from './copy-a/hooks/api-keys.ts'
        import { Emitter } from './copy-a/hooks/emitter.ts'
        import { Hooks, listensTo } from './copy-a/hooks/hooks.ts'
        import { hooks } from './copy-a/hooks/register.ts'
        import { globalRegistry } from './copy-a/hooks/registry.ts'
        import { LimitExceededError as LimitOfB } from './copy-b/errors.ts'
        import { Hooks as HooksOfB } from './copy-b/hooks/hooks.ts'
        import { hooks as hooksOfB } from './copy-b/hooks/register.ts'
        import { globalRegistry as registryOfB } from './copy-b/hooks/registry.ts'

        class OfB extends HooksOfB {
          override onRunStart() { console.log('B is called'); throw new LimitOfB('token') }
        }
        hooks('b with a', '')(OfB)
        hooksOfB('a with b', '')(class OfA extends Hooks {})
        hooksOfB('lazy b with b', '')(async () => class extends HooksOfB {})
        console.log(Hooks === HooksOfB, globalRegistry === registryOfB, hasApiKeyOverride())
        const emitter = new Emitter()
        const meta = { time: '2026-11-21T05:56:09Z', host: 'evalspan', replay: false } as const
        await emitter.emit('onRunStart', { run_id: 'r', task_names: [] }, meta).catch((error: unknown) => {
          console.log('limit', LimitExceededError.is(error))
        })
        console.log(globalRegistry.list().map(({ name }) => name).join(', '))
        console.log(listensTo(new OfB(), 'onRunStart'), listensTo(new OfB(), 'onSampleEnd'))
      `,
    })
    await copySource(folder, 'copy-a')
    await copySource(folder, 'copy-b')
    const { stdout, stderr } = await run(process.execPath, [join(folder, 'main.ts')])
    expect({ stdout, stderr }).toEqual({
      stdout: [
        'false true false',
        'B is called',
        'limit true',
        'b with a, a with b, lazy b with b',
        'true false',
        '',
      ].join('\n'),
      stderr: '',
    })
  })

  it('name hooks after the installed package that registers them', async () => {
    const folder = await project({
      'package.json': { dependencies: { '@team/evals': '1', linked: '1' }, type: 'module' },
      'main.ts': `
        import { globalRegistry } from './copy-a/hooks/registry.ts'
        import { startHooks } from './copy-a/hooks/start.ts'
        import { registerSlack } from '@team/evals'
        import { registerSlack as registerOwn } from './own.ts'
        registerSlack()
        registerOwn()
        const starting = startHooks({ host: 'evalspan', env: {} })
        registerOwn()
        await starting
        console.log(globalRegistry.list().map(({ name }) => name).join(', '))
      `,
      'own.ts': registeringSlack('./copy-a'),
      ...installed(
        'node_modules/@team/evals',
        { type: 'module', exports: './main.js', evalspan: { hooks: './main.js' } },
        { 'main.js': registeringSlack('../../../copy-a') },
      ),
      ...installed(
        'packages/linked',
        { name: 'linked', type: 'module', evalspan: { hooks: './registry.ts' } },
        { 'registry.ts': `${registeringSlack('../../copy-b')}\nawait 1\nregisterSlack()` },
      ),
    })
    await copySource(folder, 'copy-a')
    await copySource(folder, 'copy-b')
    await mkdir(join(folder, 'node_modules'), { recursive: true })
    await symlink(join(folder, 'packages/linked'), join(folder, 'node_modules/linked'), 'junction')
    const { stdout, stderr } = await run(process.execPath, ['main.ts'], { cwd: folder })
    expect({ stdout, stderr }).toEqual({ stdout: '@team/evals/slack, slack, linked/slack\n', stderr: '' })
  })
})

async function copySource(folder: string, name: string): Promise<void> {
  await cp(join(root, 'src/hooks'), join(folder, name, 'hooks'), { recursive: true })
  await cp(join(root, 'src/errors.ts'), join(folder, name, 'errors.ts'))
}

function registeringSlack(copy: string): string {
  return `
    import { hooks } from '${copy}/hooks/register.ts'
    import { Hooks } from '${copy}/hooks/hooks.ts'
    export const registerSlack = () => hooks('slack', '')(class extends Hooks {})
  `
}
