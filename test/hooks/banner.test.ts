import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bannerOf } from '../../src/hooks/banner.ts'
import { Hooks } from '../../src/hooks/hooks.ts'
import { Registry } from '../../src/hooks/registry.ts'

class Off extends Hooks {
  override enabled(): boolean {
    return false
  }
}

class Failing extends Hooks {
  override enabled(): boolean {
    throw new Error('no config')
  }
}

describe('bannerOf', () => {
  it('lists the hooks that are on, in order, in one line', () => {
    const registry = new Registry()
    const reports: string[] = []
    registry.register({ name: 'w&b_hooks', description: 'Weights & Biases integration', source: Hooks })
    registry.register({ name: 'off', description: 'Not on', source: Off })
    registry.register({ name: 'failing', description: 'Not on either', source: Failing })
    registry.register({ name: 'my-package/slack', description: 'Posts\n  scores', source: Hooks })
    registry.register({ name: 'plain', description: '', source: Hooks })
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(bannerOf({ registry, report: (message) => reports.push(message) })).toBe(
      `evalspan ${version}: hooks on: w&b_hooks (Weights & Biases integration), my-package/slack (Posts scores), plain`,
    )
    expect(reports).toEqual(["hook 'failing' failed in enabled: no config"])
  })

  it('is nothing when no hooks are on', () => {
    const registry = new Registry()
    registry.register({ name: 'off', description: 'Not on', source: Off })
    expect(bannerOf({ registry })).toBeUndefined()
  })
})
