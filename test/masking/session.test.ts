import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSession } from '../../src/builtin.ts'
import { Emitter } from '../../src/hooks/emitter.ts'
import { Hooks } from '../../src/hooks/hooks.ts'
import { Registry } from '../../src/hooks/registry.ts'
import { replay } from '../../src/sources/replay.ts'
import { spanHooks } from '../../src/span-hooks.ts'
import { fire } from '../telemetry/stream.ts'

const log = 'test/fixtures/inspect/react_agent.eval'

beforeEach(() => {
  // The name of the task, which is on many spans.
  process.env['SOME_API_KEY'] = 'react_agent'
})
afterEach(() => {
  delete process.env['SOME_API_KEY']
})

describe('secrets', () => {
  it.each(['a tracer provider', 'span processors'])('are masked on spans for %s of the host', async (target) => {
    const exporter = new InMemorySpanExporter()
    const spanProcessors = [new SimpleSpanProcessor({ exporter })]
    const provider = new TracerProvider({ spanProcessors })
    const registry = new Registry()
    const source = spanHooks(target === 'span processors' ? { spanProcessors } : { tracerProvider: provider })
    registry.register({ name: 'spans', description: '', source })
    const emitter = new Emitter({ registry, report: (message) => expect.fail(message) })
    const events = replay([log], { onProblem: (error) => expect.fail(error.message) })
    for await (const { hook, data, meta } of events) await emitter.emit(hook, data, { ...meta, replay: false })

    const spans = exporter.getFinishedSpans().map(({ name, attributes, events: [...told], links, status }) => ({
      name,
      attributes,
      told,
      links,
      status,
    }))
    expect(JSON.stringify(spans)).not.toContain('react_agent')
    expect(spans.map(({ name }) => name)).toContain('eval_sample [masked]')
  })

  it('are masked in what a session reports', async () => {
    const reports: string[] = []
    const registry = new Registry()
    class Failing extends Hooks {
      override onRunStart(): void {
        throw new Error('401 for react_agent at https://me:password@example.com')
      }
    }
    registry.register({ name: 'failing', description: '', source: Failing })
    const session = await openSession({ host: 'evalspan', registry, report: (message) => reports.push(message) })
    const { hook, data, meta } = fire('onRunStart', { run_id: 'run1', task_names: [] }, 0)
    await session.emitter.emit(hook, data, meta)
    await session.close()
    expect(reports).toEqual(["hook 'failing' failed in onRunStart: 401 for [masked] at https://[masked]@example.com"])
  })
})
