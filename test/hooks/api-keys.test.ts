import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { hasApiKeyOverride, resolveApiKey } from '../../src/hooks/api-keys.ts'
import type { ApiKeyOverride } from '../../src/hooks/events.ts'
import { Hooks, type HooksClass } from '../../src/hooks/hooks.ts'
import { LiveWaits } from '../../src/hooks/live-waits.ts'
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
  it('takes the first answer, in order, of hooks that are enabled', async () => {
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
    expect(await resolveApiKey(asked, { registry })).toBe('key-1')
    expect(calls).toEqual(['null', 'undefined', 'key-1'])
  })

  it('waits for answers, one hook after the other', async () => {
    const calls: string[] = []
    const registry = registryOf({
      none: answering(calls, Promise.resolve(null)),
      first: answering(calls, sleep(5, 'key-1')),
      second: answering(calls, 'key-2'),
    })
    expect(await resolveApiKey(asked, { registry })).toBe('key-1')
    expect(calls).toEqual(['a promise', 'a promise'])
  })

  it('does not wait for a hook when the run is cancelled, and asks the next', async () => {
    const run = new AbortController()
    const reports: string[] = []
    const report = (message: string): void => void reports.push(message)
    const waits = new LiveWaits({ cancelled: run.signal, graceMs: 20, tellAfterMs: 30, report })
    const registry = registryOf({ stuck: answering([], new Promise<string>(() => {})), next: answering([], 'key') })
    setTimeout(() => run.abort(), 80)
    expect(await resolveApiKey(asked, { registry, report, waits })).toBe('key')
    expect(reports).toEqual([
      "the run waits for hook 'stuck', which is in overrideApiKey for 0.03 s",
      "hook 'stuck' failed in overrideApiKey: the run is cancelled, and it did not come back within 0.02 s",
    ])
  })

  it('hands over the variable and its value, read-only', async () => {
    const seen: ApiKeyOverride[] = []
    class Seeing extends Hooks {
      override overrideApiKey(data: ApiKeyOverride): string {
        seen.push(data)
        return ''
      }
    }
    expect(await resolveApiKey(asked, { registry: registryOf({ seeing: Seeing }) })).toBe('')
    expect(seen).toEqual([asked])
    expect(Object.isFrozen(seen[0])).toBe(true)
  })

  it('leaves the key as it is when nobody answers', async () => {
    expect(await resolveApiKey(asked, { registry: registryOf({ none: answering([], null) }) })).toBeUndefined()
    expect(await resolveApiKey(asked, { registry: new Registry() })).toBeUndefined()
  })

  it('reports hooks that fail or answer nonsense, without the key, and asks the next', async () => {
    class Throwing extends Hooks {
      override overrideApiKey(): never {
        throw new Error('vault is sealed')
      }
    }
    class Rejecting extends Hooks {
      override async overrideApiKey(): Promise<string> {
        throw new Error('no such secret')
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
      rejecting: Rejecting,
      number: answering([], 42 as unknown as string),
      later: answering([], Promise.resolve(42) as unknown as Promise<string>),
      undecided: Undecided,
      last: answering([], 'key'),
    })
    expect(await resolveApiKey(asked, { registry, report: (message) => reports.push(message) })).toBe('key')
    expect(reports).toEqual([
      "hook 'throwing' failed in overrideApiKey: vault is sealed",
      "hook 'rejecting' failed in overrideApiKey: no such secret",
      "hook 'number' failed in overrideApiKey: it has to return a string, a promise of one, or nothing",
      "hook 'later' failed in overrideApiKey: it has to return a string, a promise of one, or nothing",
      "hook 'undecided' failed in enabled: no config",
    ])
  })
})

function answering(calls: string[], answer: string | null | undefined | Promise<string | null>): typeof Hooks {
  return class extends Hooks {
    override overrideApiKey(): string | null | undefined | Promise<string | null> {
      calls.push(answer instanceof Promise ? 'a promise' : String(answer))
      return answer
    }
  }
}

function registryOf(classes: { [name: string]: HooksClass }): Registry {
  const registry = new Registry()
  for (const [name, source] of Object.entries(classes)) registry.register({ name, description: '', source })
  return registry
}
