import { callerPackage } from './caller-package.ts'
import type { HooksClass } from './hooks.ts'
import { registrationScope } from './registration-scope.ts'
import { checkSource, globalRegistry, type LazyHooks } from './registry.ts'

/** Registers what it is given, and returns it. */
export type RegisterHooks = <T extends HooksClass | LazyHooks>(source: T, context?: ClassDecoratorContext) => T

/**
 * Registers hooks for the process: `hooks('name', 'What for')(MyHooks)`, in compiled code also as a decorator. A function
 * that returns the class is called when a run starts, at the latest before the next event. The same name registered
 * again replaces its hooks. Throws a `TypeError` for what is no class of hooks.
 */
export function hooks(name: string, description: string): RegisterHooks {
  if (typeof name !== 'string' || name === '') {
    throw new TypeError("hooks need a name: hooks('name', 'What they are for')(MyHooks)")
  }
  const scope = registrationScope.getStore()
  const packageName = callerPackage(hooks) ?? scope?.packageName
  const qualifiedName = packageName === undefined ? name : `${packageName}/${name}`

  function register(source: HooksClass | LazyHooks): void {
    const registration = { name: qualifiedName, description: description ?? '', source }
    const registry = scope?.registry ?? globalRegistry
    registry.register(registration)
    scope?.registrations.push(registration)
  }

  return (source, context) => {
    if (context !== undefined && context.kind !== 'class') {
      throw new TypeError(`@hooks('${name}', …) goes above a class, not above a ${String(context.kind)}`)
    }
    checkSource({ name: qualifiedName, source })
    if (!context) {
      register(source)
      return source
    }
    // A class that is being decorated has no static fields yet, and may still be replaced by other decorators.
    context.addInitializer(function () {
      register(this as HooksClass)
    })
    return source
  }
}
