import { describe, expect, it } from 'vitest'
import { LimitExceededError } from '../../src/errors.ts'
import { Emitter } from '../../src/hooks/emitter.ts'
import type { BeforeModelGenerate, RunStart } from '../../src/hooks/events.ts'
import { hookNames, Hooks, type EventMeta, type HookData, type HooksClass } from '../../src/hooks/hooks.ts'
import { Registry, type LazyHooks } from '../../src/hooks/registry.ts'
import { beforeModelGenerate, live, replayed, runStart, sampleEnd } from './events.ts'

describe('Emitter', () => {
  it('emits with no hooks registered', async () => {
    const { emitter, reports } = setUp({})
    await emitter.emit('onRunStart', runStart(), live)
    expect(reports).toEqual([])
  })

  it('calls hooks one after another, in order, with data and meta', async () => {
    const calls: unknown[] = []
    const recorder = (name: string, wait: number): HooksClass =>
      class extends Hooks {
        override async onRunStart(data: RunStart, meta: EventMeta): Promise<void> {
          calls.push(`${name} starts`)
          await new Promise((resolve) => setTimeout(resolve, wait))
          calls.push(`${name} ends`, data, meta)
        }
      }
    const { emitter } = setUp({ slow: recorder('slow', 10), fast: recorder('fast', 0) })
    const data = runStart()
    await emitter.emit('onRunStart', data, live)
    expect(calls).toEqual(['slow starts', 'slow ends', data, live, 'fast starts', 'fast ends', data, live])
  })

  it('emits every declared event to its own method', async () => {
    const calls: string[] = []
    class Everything extends Hooks {}
    for (const name of hookNames) {
      Object.defineProperty(Everything.prototype, name, { value: () => void calls.push(name) })
    }
    const { emitter } = setUp({ everything: Everything })
    for (const name of hookNames) await emitter.emit(name, {} as HookData<typeof name>, live)
    expect(hookNames).toHaveLength(17)
    expect(calls).toEqual(hookNames)
  })

  it('accepts hooks with a few of the methods, inherited ones and ones in fields', async () => {
    const calls: string[] = []
    class Base extends Hooks {
      override onRunStart(): void {
        calls.push('inherited')
      }
    }
    class Derived extends Base {}
    class Field extends Hooks {
      override readonly onRunStart = (): void => void calls.push('field')
    }
    const { emitter } = setUp({ derived: Derived, field: Field, empty: class extends Hooks {} })
    await emitter.emit('onRunStart', runStart(), live)
    await emitter.emit('onSampleEnd', sampleEnd(), live)
    expect(calls).toEqual(['inherited', 'field'])
  })

  it('asks enabled() before every call, and not for events the hooks do not listen to', async () => {
    let enabled = false
    let asked = 0
    const calls: string[] = []
    class Switched extends Hooks {
      override enabled(): boolean {
        asked += 1
        return enabled
      }
      override onRunStart(data: RunStart): void {
        calls.push(data.run_id)
      }
    }
    const { emitter } = setUp({ switched: Switched })
    await emitter.emit('onRunStart', { ...runStart(), run_id: 'while off' }, live)
    enabled = true
    await emitter.emit('onRunStart', { ...runStart(), run_id: 'while on' }, live)
    await emitter.emit('onSampleEnd', sampleEnd(), live)
    expect({ calls, asked }).toEqual({ calls: ['while on'], asked: 2 })
  })

  it('counts hooks whose enabled() fails as disabled, and reports it', async () => {
    const calls: string[] = []
    class Failing extends Hooks {
      override enabled(): boolean {
        throw new LimitExceededError('time')
      }
      override onRunStart(): void {
        calls.push('failing')
      }
    }
    class Promising extends Failing {
      override enabled(): boolean {
        return Promise.reject(new Error('never seen')) as unknown as boolean
      }
    }
    const { emitter, reports } = setUp({ failing: Failing, promising: Promising, fine: recording(calls, 'fine') })
    await emitter.emit('onRunStart', runStart(), live)
    expect(calls).toEqual(['fine'])
    expect(reports).toEqual([
      "hook 'failing' failed in enabled: limit exceeded: time",
      "hook 'promising' failed in enabled: it returned a promise, and has to answer at once",
    ])
  })

  it('reports whatever a hook throws, at once or later, and calls the next', async () => {
    const calls: string[] = []
    const { emitter, reports } = setUp({
      error: throwing(new Error('at once'), false),
      rejection: throwing(new TypeError('later\n    on two lines'), true),
      text: throwing('text', false),
      nothing: throwing(undefined, true),
      record: throwing({ message: 'in a record' }, false),
      silent: throwing(new RangeError(), true),
      bare: throwing(Object.create(null), false),
      fine: recording(calls, 'fine'),
    })
    await emitter.emit('onRunStart', runStart(), live)
    expect(calls).toEqual(['fine'])
    expect(reports).toEqual([
      "hook 'error' failed in onRunStart: at once",
      "hook 'rejection' failed in onRunStart: later on two lines",
      "hook 'text' failed in onRunStart: text",
      "hook 'nothing' failed in onRunStart: undefined",
      "hook 'record' failed in onRunStart: in a record",
      "hook 'silent' failed in onRunStart: RangeError",
      "hook 'bare' failed in onRunStart: [object Object]",
    ])
  })

  it('reports the same failure the 1st, 10th and 100th time', async () => {
    class Failing extends Hooks {
      override onRunStart({ run_id }: RunStart): void {
        throw new Error(run_id)
      }
    }
    const { emitter, reports } = setUp({ failing: Failing })
    for (let i = 0; i < 150; i++) await emitter.emit('onRunStart', { run_id: 'often', task_names: [] }, live)
    await emitter.emit('onRunStart', { run_id: 'once', task_names: [] }, live)
    expect(reports).toEqual([
      "hook 'failing' failed in onRunStart: often",
      "hook 'failing' failed in onRunStart: often (10 times)",
      "hook 'failing' failed in onRunStart: often (100 times)",
      "hook 'failing' failed in onRunStart: once",
    ])
  })

  it('survives a report that fails', async () => {
    const calls: string[] = []
    class Failing extends Hooks {
      override onRunStart(): void {
        throw new Error('any')
      }
    }
    const { registry } = setUp({ failing: Failing, fine: recording(calls, 'fine') })
    const emitter = new Emitter({
      registry,
      report: () => {
        throw new Error('the terminal is gone')
      },
    })
    await emitter.emit('onRunStart', runStart(), live)
    expect(calls).toEqual(['fine'])
  })

  it('passes a LimitExceededError on, of any copy of the package, and calls no further hooks', async () => {
    const calls: string[] = []
    const foreign = Object.assign(new Error('too much'), { name: 'LimitExceededError', type: 'cost' })
    for (const limit of [new LimitExceededError('token', { value: 11, limit: 10 }), foreign]) {
      class Limiting extends Hooks {
        override async onSampleEnd(): Promise<void> {
          throw limit
        }
      }
      const { emitter, reports } = setUp({ limiting: Limiting, after: recording(calls, 'after') })
      await expect(emitter.emit('onSampleEnd', sampleEnd(), live)).rejects.toBe(limit)
      expect({ calls, reports }).toEqual({ calls: [], reports: [] })
    }
  })

  it('reports a LimitExceededError on replay, where there is no sample to end, and calls the next hooks', async () => {
    const calls: string[] = []
    class Limiting extends Hooks {
      static override replay = true
      override onSampleEnd(): void {
        throw new LimitExceededError('token')
      }
    }
    class After extends recording(calls, 'after') {
      static override replay = true
    }
    const { emitter, reports } = setUp({ limiting: Limiting, after: After })
    await emitter.emit('onSampleEnd', sampleEnd(), replayed)
    expect({ calls, reports }).toEqual({
      calls: ['after'],
      reports: ["hook 'limiting' failed in onSampleEnd: limit exceeded: token"],
    })
  })

  it('calls hooks no more that did not come back in time, or by the interrupt', async () => {
    const calls: string[] = []
    let asked = 0
    class Stuck extends Hooks {
      override onRunStart(): Promise<void> {
        asked += 1
        return new Promise(() => {})
      }
    }
    const play = async (ms: number, signal: AbortSignal): Promise<string[]> => {
      const { registry } = setUp({ stuck: Stuck, after: recording(calls, 'after') })
      const reports: string[] = []
      const emitter = new Emitter({ registry, report: (line) => reports.push(line), patience: { ms, signal } })
      await emitter.emit('onRunStart', runStart(), live)
      await emitter.emit('onRunStart', runStart(), live)
      return reports
    }
    expect(await play(20, new AbortController().signal)).toEqual([
      "hook 'stuck' failed in onRunStart: it did not come back within 0.02 s, and gets no more events",
    ])
    expect(await play(60_000, AbortSignal.timeout(20))).toEqual([
      "hook 'stuck' failed in onRunStart: it had not come back when the command was interrupted",
    ])
    expect({ asked, calls }).toEqual({ asked: 2, calls: ['after', 'after', 'after', 'after'] })
  })

  it('calls only hooks that ask for it on replay', async () => {
    const calls: string[] = []
    class Replaying extends recording(calls, 'replaying') {
      static override replay = true
    }
    class Inheriting extends Replaying {}
    const { emitter } = setUp({ live: recording(calls, 'live'), replaying: Replaying, inheriting: Inheriting })
    await emitter.emit('onRunStart', runStart(), replayed)
    expect(calls).toEqual(['replaying', 'replaying'])
    await emitter.emit('onRunStart', runStart(), live)
    expect(calls).toEqual(['replaying', 'replaying', 'live', 'replaying', 'replaying'])
  })

  it('freezes data before the first hook sees it', async () => {
    class Changing extends Hooks {
      override onRunStart(data: RunStart): void {
        ;(data as { run_id: string }).run_id = 'mine'
      }
    }
    const { emitter, reports } = setUp({ changing: Changing })
    const data = runStart()
    await emitter.emit('onRunStart', data, live)
    expect(data).toEqual(runStart())
    expect(reports).toEqual([
      "hook 'changing' failed in onRunStart: Cannot assign to read only property 'run_id' of object '#<Object>'",
    ])
  })

  it('lets hooks change input, tools and config of a model call, for later hooks and the caller', async () => {
    const seen: BeforeModelGenerate[] = []
    class Changing extends Hooks {
      override onBeforeModelGenerate(data: BeforeModelGenerate): void {
        data.input.push({ role: 'user', content: 'Think.' })
        data.tools = [{ name: 'search', description: 'Searches', parameters: {} }]
        data.config['seed'] = 8
      }
    }
    class Seeing extends Hooks {
      override onBeforeModelGenerate(data: BeforeModelGenerate): void {
        seen.push(structuredClone(data))
      }
    }
    const { emitter, reports } = setUp({ changing: Changing, seeing: Seeing })
    const data = beforeModelGenerate()
    await emitter.emit('onBeforeModelGenerate', data, live)
    const changed = {
      model_name: 'mock/model',
      input: [
        { role: 'user', content: '1 + 1' },
        { role: 'user', content: 'Think.' },
      ],
      tools: [{ name: 'search', description: 'Searches', parameters: {} }],
      config: { seed: 8 },
    }
    expect({ data, seen, reports }).toEqual({ data: changed, seen: [changed], reports: [] })
  })

  it('keeps the other fields of a model call as they are', async () => {
    const changes: ((data: { [field: string]: unknown }) => void)[] = [
      (data) => (data['model_name'] = 'other'),
      (data) => (data['sample_id'] = 'new'),
      (data) => delete data['input'],
    ]
    class Changing extends Hooks {
      override onBeforeModelGenerate(data: BeforeModelGenerate): void {
        changes.shift()?.(data as unknown as { [field: string]: unknown })
      }
    }
    const { emitter, reports } = setUp({ changing: Changing })
    const data = beforeModelGenerate()
    for (let i = 0; i < 3; i++) await emitter.emit('onBeforeModelGenerate', data, live)
    expect(data).toEqual(beforeModelGenerate())
    expect(reports).toEqual([
      "hook 'changing' failed in onBeforeModelGenerate: Cannot assign to read only property 'model_name' of object '#<Object>'",
      "hook 'changing' failed in onBeforeModelGenerate: Cannot add property sample_id, object is not extensible",
      "hook 'changing' failed in onBeforeModelGenerate: Cannot delete property 'input' of #<Object>",
    ])
  })

  it('calls hooks that are registered late from the next emission on', async () => {
    const calls: string[] = []
    const { emitter, registry } = setUp({})
    class Registering extends Hooks {
      override onRunStart(): void {
        calls.push('registering')
        registry.register({ name: 'late', description: '', source: recording(calls, 'late') })
      }
    }
    registry.register({ name: 'registering', description: '', source: Registering })
    await emitter.emit('onRunStart', runStart(), live)
    expect(calls).toEqual(['registering'])
    await emitter.emit('onRunStart', runStart(), live)
    expect(calls).toEqual(['registering', 'registering', 'late'])
  })

  it('loads lazy hooks before the next emission', async () => {
    const calls: string[] = []
    const { emitter, reports } = setUp({
      lazy: async () => recording(calls, 'lazy'),
      broken: () => Promise.reject(new Error('no library')),
      eager: recording(calls, 'eager'),
    })
    await Promise.all([emitter.emit('onRunStart', runStart(), live), emitter.emit('onRunStart', runStart(), live)])
    expect(calls.toSorted()).toEqual(['eager', 'eager', 'lazy', 'lazy'])
    expect(calls[0]).toBe('lazy')
    expect(reports).toEqual(["hooks 'broken' cannot be loaded and are left out: no library"])
  })

  it('lets emissions of different samples interleave', async () => {
    const calls: string[] = []
    class Slow extends Hooks {
      override async onRunStart({ run_id }: RunStart): Promise<void> {
        calls.push(`${run_id} in`)
        await new Promise((resolve) => setTimeout(resolve, 1))
        calls.push(`${run_id} out`)
      }
    }
    const { emitter } = setUp({ slow: Slow })
    const emit = (run_id: string): Promise<void> => emitter.emit('onRunStart', { run_id, task_names: [] }, live)
    await Promise.all([emit('a'), emit('b')])
    expect(calls).toEqual(['a in', 'b in', 'a out', 'b out'])
  })
})

function setUp(sources: { [name: string]: LazyHooks | HooksClass }): {
  registry: Registry
  emitter: Emitter
  reports: string[]
} {
  const registry = new Registry()
  for (const [name, source] of Object.entries(sources)) registry.register({ name, description: '', source })
  const reports: string[] = []
  return { registry, emitter: new Emitter({ registry, report: (message) => reports.push(message) }), reports }
}

function recording(calls: string[], name: string): typeof Hooks {
  return class extends Hooks {
    override onRunStart(): void {
      calls.push(name)
    }
    override onSampleEnd(): void {
      calls.push(name)
    }
  }
}

function throwing(thrown: unknown, later: boolean): HooksClass {
  return class extends Hooks {
    override onRunStart(): void | Promise<void> {
      if (later) return Promise.reject(thrown)
      throw thrown
    }
  }
}
