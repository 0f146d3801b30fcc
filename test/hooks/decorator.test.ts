import { execFile } from 'node:child_process'
import { cp, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { project, root } from './project.ts'

const run = promisify(execFile)

const compilerOptions = {
  module: 'nodenext',
  target: 'es2022',
  lib: ['es2024', 'esnext.collection', 'esnext.disposable'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  rewriteRelativeImportExtensions: true,
  skipLibCheck: true,
  outDir: 'dist',
  rootDir: '.',
}

describe('@hooks()', () => {
  it('registers the decorated class, complete with its static fields, and leaves it as it is', async () => {
    const stdout = await compileAndRun(`
      import { Emitter } from './src/hooks/emitter.ts'
      import type { RunStart } from './src/hooks/events.ts'
      import { Hooks } from './src/hooks/hooks.ts'
      import { hooks } from './src/hooks/register.ts'
      import { globalRegistry } from './src/hooks/registry.ts'

      @hooks('decorated', 'Registered by a decorator')
      class Decorated extends Hooks {
        static override replay = true
        static instances: string[] = []
        readonly instance = Decorated.instances.push('one')
        override onRunStart(data: RunStart) { console.log('called with', data.run_id) }
      }

      function replaced<T extends new () => Hooks>(value: T, _context: ClassDecoratorContext): T {
        return class extends (value as new () => Hooks) {} as T
      }
      @replaced
      @hooks('outer', 'Replaced by another decorator')
      class Outer extends Hooks {}

      hooks('called', 'Registered by a call')(class Called extends Hooks {})

      for (const { name, description, hooksClass } of globalRegistry.list()) {
        console.log(name, '-', description, '-', hooksClass === Decorated, hooksClass === Outer)
      }
      console.log(Decorated.name, Decorated.instances)
      const meta = { time: '2026-11-21T05:56:09Z', host: 'evalspan', replay: true } as const
      await new Emitter().emit('onRunStart', { run_id: 'r', task_names: [] }, meta)
      try {
        class Wrong extends Hooks {
          // @ts-expect-error
          @hooks('method', '') override onRunStart() {}
        }
        console.log(Wrong)
      } catch (error) {
        console.log(String(error))
      }
      try {
        // @ts-expect-error
        @hooks('other', '') class Other {}
        console.log(Other)
      } catch (error) {
        console.log(String(error))
      }
    `)
    expect(stdout.split('\n')).toEqual([
      'decorated - Registered by a decorator - true false',
      'outer - Replaced by another decorator - false true',
      'called - Registered by a call - false false',
      "Decorated [ 'one' ]",
      'called with r',
      "TypeError: @hooks('method', …) goes above a class, not above a method",
      "TypeError: hooks 'other' have to be a class that extends Hooks, or a function without arguments that returns one; " +
        'it is registered with class Other, which does not extend Hooks',
      '',
    ])
  }, 60_000)
})

async function compileAndRun(main: string): Promise<string> {
  const folder = await project({
    'package.json': { type: 'module' },
    'tsconfig.json': { compilerOptions, include: ['main.ts'] },
    'main.ts': main,
  })
  for (const path of ['src/hooks', 'src/inspect/records.ts', 'src/inspect/records', 'src/errors.ts']) {
    await cp(join(root, path), join(folder, path), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  try {
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc')], { cwd: folder })
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout, { cause: error })
  }
  const { stdout } = await run(process.execPath, ['dist/main.js'], { cwd: folder })
  return stdout
}
