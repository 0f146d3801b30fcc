import { describe, expect, it } from 'vitest'
import { EvalspanError } from '../../src/errors.ts'
import { Hooks } from '../../src/hooks/hooks.ts'
import { Registry } from '../../src/hooks/registry.ts'
import { checkRequiredHooks } from '../../src/hooks/required.ts'

class Off extends Hooks {
  override enabled(): boolean {
    return false
  }
}

const registry = new Registry()
registry.register({ name: 'audit', description: '', source: Off })
registry.register({ name: '@team/evals/slack', description: '', source: Hooks })

describe('checkRequiredHooks', () => {
  it('passes when all are registered, enabled or not', () => {
    const env = { EVALSPAN_REQUIRED_HOOKS: 'audit', INSPECT_REQUIRED_HOOKS: ' @team/evals/slack , audit,, ' }
    expect(() => checkRequiredHooks({ host: 'evalspan', env, registry })).not.toThrow()
    expect(() => checkRequiredHooks({ host: 'evalspan', env: {}, registry })).not.toThrow()
  })

  it('names what is missing, who asks for it and how to get it', () => {
    const env = {
      EVALSPAN_REQUIRED_HOOKS: 'slack, my-package/slack, audit, both',
      INSPECT_REQUIRED_HOOKS: '@other/evals/slack,both',
    }
    expect(() => checkRequiredHooks({ host: 'evalspan', env, registry })).toThrow(
      new EvalspanError(
        'MISSING_HOOK',
        [
          'required hooks are missing:',
          "  'slack', required by EVALSPAN_REQUIRED_HOOKS: register it with hooks('slack', …), or name its package or file in EVALSPAN_PLUGINS",
          "  'my-package/slack', required by EVALSPAN_REQUIRED_HOOKS: npm install my-package",
          "  'both', required by EVALSPAN_REQUIRED_HOOKS and INSPECT_REQUIRED_HOOKS: register it with hooks('both', …), or name its package or file in EVALSPAN_PLUGINS",
          "  '@other/evals/slack', required by INSPECT_REQUIRED_HOOKS: npm install @other/evals",
          'Registered hooks: audit, @team/evals/slack.',
        ].join('\n'),
      ),
    )
  })

  it("leaves Inspect's variable to Inspect in its own runs", () => {
    const env = { INSPECT_REQUIRED_HOOKS: 'python_only' }
    expect(() => checkRequiredHooks({ host: 'inspect', env, registry })).not.toThrow()
    expect(() => checkRequiredHooks({ host: 'inspect', env: { EVALSPAN_REQUIRED_HOOKS: 'x' }, registry })).toThrow(
      "'x', required by EVALSPAN_REQUIRED_HOOKS",
    )
  })

  it('says so when packages are left out on purpose', () => {
    const env = { EVALSPAN_REQUIRED_HOOKS: 'my-package/slack', EVALSPAN_PLUGINS: 'none' }
    expect(() => checkRequiredHooks({ host: 'evalspan', env, registry: new Registry() })).toThrow(
      "required hooks are missing:\n  'my-package/slack', required by EVALSPAN_REQUIRED_HOOKS: " +
        'EVALSPAN_PLUGINS=none leaves out all packages: change it\nRegistered hooks: none.',
    )
  })
})
