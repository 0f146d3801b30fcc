import { describe, expect, it } from 'vitest'
import { hasApiKeyOverride, resolveApiKey } from '../../src/hooks/api-keys.ts'
import type { ApiKeyOverride } from '../../src/hooks/events.ts'
import { Hooks, type HooksClass } from '../../src/hooks/hooks.ts'
import { Registry } from '../../src/hooks/registry.ts'

const asked: ApiKeyOverride = { env_var_name: 'OPENAI_API_KEY', value: 'arn:secret' }

describe('hasApiKeyOverride', () => {
  class Without extends Hooks {}
  class With extends Hooks {
    override overrideApiKey(): undefined {}
  }
  class Inheriting extends With {}
  class Disabled extends With {
    override enabled(): boolean {
      return false
    }
  }

  it.each([
    ['no hooks', {}, false],
    ['hooks without the method', { without: Without }, false],
    ['hooks with the method', { with: With }, true],
    ['hooks that inherit it', { inheriting: Inheriting }, true],
    ['disabled hooks with it', { disabled: Disabled }, true],
    ['several hooks, one of them with it', { without: Without, with: With }, true],
  ])('knows of %s', (_what, classes, expected) => {
    expect(hasApiKeyOverride(registryOf(classes))).toBe(expected)
  })
})

describe('resolveApiKey', () => {
  it('takes the first answer, in order, of hooks that are enabled', () => {
    const calls: string[] = []
    class Off extends answering(calls, 'off') {
      override enabled(): boolean {
        return false
      }
    }
    const registry = registryOf({
      off: Off,
      none: answering(calls, null),
      nothing: answering(calls, undefined),
      first: answering(calls, 'key-1'),
      second: answering(calls, 'key-2'),
    })
    expect(resolveApiKey(asked, { registry })).toBe('key-1')
    expect(calls).toEqual(['null', 'undefined', 'key-1'])
  })

  it('hands over the variable and its value, read-only', () => {
    const seen: ApiKeyOverride[] = []
    class Seeing extends Hooks {
      override overrideApiKey(data: ApiKeyOverride): string {
        seen.push(data)
        return ''
      }
    }
    expect(resolveApiKey(asked, { registry: registryOf({ seeing: Seeing }) })).toBe('')
    expect(seen).toEqual([asked])
    expect(Object.isFrozen(seen[0])).toBe(true)
  })

  it('leaves the key as it is when nobody answers', () => {
    expect(resolveApiKey(asked, { registry: registryOf({ none: answering([], null) }) })).toBeUndefined()
    expect(resolveApiKey(asked, { registry: new Registry() })).toBeUndefined()
  })

  it('reports hooks that fail or answer nonsense, without the key, and asks the next', () => {
    class Throwing extends Hooks {
      override overrideApiKey(): never {
        throw new Error('vault is sealed')
      }
    }
    class Promising extends Hooks {
      override overrideApiKey(): string {
        return Promise.reject(new Error('unseen')) as unknown as string
      }
    }
    class Undecided extends answering([], 'never') {
      override enabled(): boolean {
        throw new Error('no config')
      }
    }
    const reports: string[] = []
    const registry = registryOf({
      throwing: Throwing,
      promising: Promising,
      number: answering([], 42 as unknown as string),
      undecided: Undecided,
      last: answering([], 'key'),
    })
    expect(resolveApiKey(asked, { registry, report: (message) => reports.push(message) })).toBe('key')
    expect(reports).toEqual([
      "hook 'throwing' failed in overrideApiKey: vault is sealed",
      "hook 'promising' failed in overrideApiKey: it has to return a string or nothing, and at once",
      "hook 'number' failed in overrideApiKey: it has to return a string or nothing, and at once",
      "hook 'undecided' failed in enabled: no config",
    ])
  })
})

function answering(calls: string[], answer: string | null | undefined): typeof Hooks {
  return class extends Hooks {
    override overrideApiKey(): string | null | undefined {
      calls.push(String(answer))
      return answer
    }
  }
}

function registryOf(classes: { [name: string]: HooksClass }): Registry {
  const registry = new Registry()
  for (const [name, source] of Object.entries(classes)) registry.register({ name, description: '', source })
  return registry
}
