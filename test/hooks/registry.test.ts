import { describe, expect, it } from 'vitest'
import { Hooks } from '../../src/hooks/hooks.ts'
import { hooks } from '../../src/hooks/register.ts'
import { globalRegistry, Registry, type LazyHooks } from '../../src/hooks/registry.ts'

class First extends Hooks {}
class Second extends Hooks {}
class Third extends Hooks {}
class Other {
  readonly kind = 'other'
}

describe('Registry', () => {
  it('keeps the order of registration', () => {
    const registry = registryOf({ first: First, second: Second, third: Third })
    expect(summary(registry)).toEqual(['first First', 'second Second', 'third Third'])
  })

  it('replaces hooks of the same name and keeps their place', () => {
    const registry = registryOf({ first: First, second: Second })
    registry.register({ name: 'first', description: 'again', source: Third })
    expect(summary(registry)).toEqual(['first Third', 'second Second'])
  })

  it('keeps the place of lazy hooks, and of those that replace them', async () => {
    const registry = registryOf({ first: () => Promise.resolve(First), second: Second, third: () => Third })
    expect(summary(registry)).toEqual(['second Second'])
    registry.register({ name: 'third', description: '', source: () => First })
    await registry.load(fail)
    expect(summary(registry)).toEqual(['first First', 'second Second', 'third First'])
  })

  it('puts the built-in set first whenever it comes, also when it is replaced', () => {
    const registry = registryOf({ first: First })
    registry.registerFirst({ name: 'evalspan/builtin', description: 'exports', source: Second })
    registry.register({ name: 'late', description: '', source: Third })
    registry.registerFirst({ name: 'evalspan/builtin', description: 'exports', source: Third })
    expect(summary(registry)).toEqual(['evalspan/builtin Third', 'first First', 'late Third'])
  })

  it('lets nobody take the place of the built-in set', () => {
    const registry = new Registry()
    registry.registerFirst({ name: 'evalspan/builtin', description: 'exports', source: First })
    expect(() => registry.register({ name: 'evalspan/builtin', description: '', source: Second })).toThrow(
      "hooks 'evalspan/builtin' are evalspan's own: choose another name",
    )
    expect(summary(registry)).toEqual(['evalspan/builtin First'])
  })

  it('makes one instance of a class, when it is registered', () => {
    let instances = 0
    class Counted extends Hooks {
      readonly number = ++instances
    }
    const registry = registryOf({ counted: Counted })
    expect(instances).toBe(1)
    expect(registry.list()[0]?.hooks).toBe(registry.list()[0]?.hooks)
    expect(registry.list()[0]?.hooks).toMatchObject({ number: 1 })
  })

  it('gives the same list until something is registered', () => {
    const registry = registryOf({ first: First })
    const before = registry.list()
    expect(registry.list()).toBe(before)
    registry.register({ name: 'second', description: '', source: Second })
    expect(registry.list()).not.toBe(before)
    expect(before.map(({ name }) => name)).toEqual(['first'])
  })

  it('keeps what was registered when the constructor of its successor fails', () => {
    const registry = registryOf({ first: First })
    class Broken extends Hooks {
      constructor() {
        super()
        throw new Error('no library')
      }
    }
    expect(() => registry.register({ name: 'first', description: '', source: Broken })).toThrow('no library')
    expect(summary(registry)).toEqual(['first First'])
  })

  it.each([
    ['a class of something else', Other, 'class Other, which does not extend Hooks'],
    ['an instance', new First(), 'an instance: pass the class itself'],
    ['a function with arguments', (name: string) => name, 'a function with arguments'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['text', 'First', 'a value of type string'],
  ])('refuses %s', (_what, source, found) => {
    const registry = new Registry()
    const registering = (): void =>
      registry.register({ name: 'odd', description: '', source: source as unknown as LazyHooks })
    expect(registering).toThrow(
      new TypeError(
        "hooks 'odd' have to be a class that extends Hooks, or a function without arguments that returns one; " +
          `it is registered with ${found}`,
      ),
    )
    expect(registry.pending).toBe(false)
  })

  it('reports lazy hooks that cannot be loaded, once, and leaves them out', async () => {
    const reports: string[] = []
    class Throwing extends Hooks {
      constructor() {
        super()
        throw new Error('no\n  display')
      }
    }
    const registry = registryOf({
      rejecting: () => Promise.reject(new Error("Cannot find package 'wandb'")),
      throwing: (): never => {
        throw 'just text' as unknown as Error
      },
      constructed: () => Throwing,
      module: () => import('node:path') as never,
      nothing: () => undefined as never,
      fine: () => First,
    })
    const report = (message: string): number => reports.push(message)
    await Promise.all([registry.load(report), registry.load(report)])
    await registry.load(report)
    const rule =
      'have to be a class that extends Hooks, or a function without arguments that returns one; its function returned'
    expect(reports).toEqual([
      "hooks 'rejecting' cannot be loaded and are left out: Cannot find package 'wandb'",
      "hooks 'throwing' cannot be loaded and are left out: just text",
      "hooks 'constructed' cannot be loaded and are left out: no display",
      `hooks 'module' cannot be loaded and are left out: hooks 'module' ${rule} a module: ` +
        "return one of its exports, as in import('./x.js').then((m) => m.MyHooks)",
      `hooks 'nothing' cannot be loaded and are left out: hooks 'nothing' ${rule} undefined`,
    ])
    expect(summary(registry)).toEqual(['fine First'])
    expect(registry.pending).toBe(false)
  })

  it('does not bring back lazy hooks that were replaced while they loaded', async () => {
    const { promise, resolve } = Promise.withResolvers<typeof First>()
    const registry = registryOf({ slow: () => promise })
    const loading = registry.load(fail)
    registry.register({ name: 'slow', description: '', source: Second })
    resolve(First)
    await loading
    expect(summary(registry)).toEqual(['slow Second'])
  })
})

describe('hooks()', () => {
  it('registers for the process, with name and description, and returns the class', () => {
    class Named extends Hooks {}
    expect(hooks('test named', 'Has a name')(Named)).toBe(Named)
    const registered = globalRegistry.list().find(({ name }) => name === 'test named')
    expect(registered).toMatchObject({ name: 'test named', description: 'Has a name', hooksClass: Named })
    expect(registered?.hooks).toBeInstanceOf(Named)
  })

  it('returns the function of lazy hooks, and calls it when they are loaded', async () => {
    let calls = 0
    const source = (): typeof First => {
      calls += 1
      return First
    }
    expect(hooks('test lazy', 'Comes late')(source)).toBe(source)
    expect(calls).toBe(0)
    await globalRegistry.load(fail)
    await globalRegistry.load(fail)
    expect(calls).toBe(1)
    expect(globalRegistry.list().find(({ name }) => name === 'test lazy')?.hooksClass).toBe(First)
  })

  it('refuses a missing name, as when it is used as a decorator without arguments', () => {
    expect(() => hooks(First as never, undefined as never)).toThrow(
      new TypeError("hooks need a name: hooks('name', 'What they are for')(MyHooks)"),
    )
    expect(() => hooks('', 'No name')).toThrow(TypeError)
  })

  it('refuses a class of something else at once', () => {
    expect(() => hooks('other', '')(Other as never)).toThrow(TypeError)
  })
})

function registryOf(sources: { [name: string]: LazyHooks | typeof Hooks }): Registry {
  const registry = new Registry()
  for (const [name, source] of Object.entries(sources)) registry.register({ name, description: '', source })
  return registry
}

function summary(registry: Registry): string[] {
  return registry.list().map(({ name, hooksClass }) => `${name} ${(hooksClass as typeof Hooks).name}`)
}

function fail(message: string): never {
  throw new Error(`unexpected report: ${message}`)
}
