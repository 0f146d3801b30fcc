import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Board } from '../../../src/cli/top/board.ts'
import { milliseconds } from '../../../src/cli/top/milliseconds.ts'
import type { BoardSnapshot } from '../../../src/cli/top/snapshot.ts'
import type { HookEvent } from '../../../src/index.ts'
import { readEvents } from '../../../src/sources/event-log.ts'

const folder = join(import.meta.dirname, '../../fixtures/inspect')

async function recorded(name: string): Promise<HookEvent[]> {
  const events: HookEvent[] = []
  const options = {
    replay: false,
    onProblem: (error: Error) => {
      throw error
    },
  }
  for await (const event of readEvents(join(folder, `${name}.hooks.jsonl`), options)) events.push(event)
  return events
}

/** A board that is told events when they happened, and its clock, which goes on from there when it is told to. */
function followed(mask?: (text: string) => string) {
  const clock = { time: 0, now: () => clock.time }
  const board = new Board({ clock, mask })
  const tell = (events: readonly HookEvent[]): BoardSnapshot => {
    for (const event of events) {
      clock.time = Math.max(clock.time, milliseconds(event.meta.time)!)
      board.event(event)
    }
    return board.snapshot()
  }
  return { board, clock, tell }
}

/** Times from the beginning of the first run. */
function sinceStart(snapshot: BoardSnapshot): unknown {
  const start = snapshot.runs[0]!.started
  const times = new Set(['time', 'started', 'ended', 'heard', 'since', 'until'])
  return JSON.parse(
    JSON.stringify(snapshot, (key, value: unknown) =>
      times.has(key) && typeof value === 'number' ? Math.round(value - start) : value,
    ),
  )
}

function count(events: readonly HookEvent[], hook: HookEvent['hook']): number {
  return events.filter((event) => event.hook === hook).length
}

describe('the board over what Inspect really fires', () => {
  it('tells a run that went well, after its end', async () => {
    expect(sinceStart(followed().tell(await recorded('basic')))).toMatchInlineSnapshot(`
      {
        "errors": [],
        "runs": [
          {
            "ended": 3109,
            "error": null,
            "evalSetId": null,
            "heard": 3109,
            "id": "4wDbr94hovi2ppewosJtCt",
            "plannedTasks": 1,
            "started": 0,
            "state": "ended",
          },
        ],
        "samples": [],
        "tasks": [
          {
            "attempt": 1,
            "cost": null,
            "ended": 3046,
            "id": "9i9wFcepw95XUPLin3cu3R",
            "inputTokens": 40,
            "metric": {
              "name": "accuracy",
              "value": 1,
            },
            "model": "fake/basic",
            "name": "basic",
            "outputTokens": 14,
            "runId": "4wDbr94hovi2ppewosJtCt",
            "samples": {
              "cancelled": 0,
              "done": 2,
              "failed": 0,
              "inFlight": 0,
              "limited": 0,
              "planned": 2,
              "queued": 0,
            },
            "scores": [
              {
                "mean": 1,
                "name": "match",
                "samples": 2,
              },
            ],
            "started": 1047,
            "state": "success",
          },
        ],
        "time": 3109,
        "totals": {
          "cacheHits": 0,
          "calls": 2,
          "cost": null,
          "errors": 0,
          "inputTokens": 40,
          "outputTokens": 14,
          "rateLimited": 0,
          "retries": 0,
          "tokensPerSecond": {
            "last10s": 5.4,
            "last60s": 0.9,
          },
          "waited": 0,
        },
        "version": 1,
      }
    `)
  })

  it('tells an agent in the middle of its work', async () => {
    const events = await recorded('react_agent')
    const begun = events.findIndex(
      ({ hook, data }) => hook === 'onSampleEvent' && data.event.event === 'span_begin' && data.event.type === 'tool',
    )
    expect(sinceStart(followed().tell(events.slice(0, begun + 1)))).toMatchInlineSnapshot(`
      {
        "errors": [],
        "runs": [
          {
            "ended": null,
            "error": null,
            "evalSetId": null,
            "heard": 123,
            "id": "UoEHFQCz2qG63Rxvk53ADx",
            "plannedTasks": 1,
            "started": 0,
            "state": "running",
          },
        ],
        "samples": [
          {
            "activity": {
              "kind": "tool",
              "name": "add",
              "since": 122,
              "until": null,
            },
            "attempt": 1,
            "epoch": 1,
            "id": "a1",
            "model": "fake/m",
            "started": 48,
            "task": "react_agent",
            "taskId": "VGBXJr2J6kLW24249bYbHz",
            "uuid": "5acJXb9BoY3RDcDDGv395a",
          },
        ],
        "tasks": [
          {
            "attempt": 1,
            "cost": null,
            "ended": null,
            "id": "VGBXJr2J6kLW24249bYbHz",
            "inputTokens": 184,
            "metric": null,
            "model": "fake/m",
            "name": "react_agent",
            "outputTokens": 7,
            "runId": "UoEHFQCz2qG63Rxvk53ADx",
            "samples": {
              "cancelled": 0,
              "done": 0,
              "failed": 0,
              "inFlight": 1,
              "limited": 0,
              "planned": 1,
              "queued": 0,
            },
            "scores": [],
            "started": 45,
            "state": "running",
          },
        ],
        "time": 123,
        "totals": {
          "cacheHits": 0,
          "calls": 1,
          "cost": null,
          "errors": 0,
          "inputTokens": 184,
          "outputTokens": 7,
          "rateLimited": 0,
          "retries": 0,
          "tokensPerSecond": {
            "last10s": 19.1,
            "last60s": 3.183333333333333,
          },
          "waited": 0,
        },
        "version": 1,
      }
    `)
  })

  it('tells what the agent does from event to event', async () => {
    const { tell } = followed()
    const steps: string[] = []
    for (const event of await recorded('react_agent')) {
      const [sample] = tell([event]).samples
      const step = sample ? `${sample.activity.kind} ${sample.activity.name ?? ''}`.trim() : 'none'
      if (steps.at(-1) !== step) steps.push(step)
    }
    expect(steps.join(', ')).toBe(
      'none, starting, solver, model fake/main, agent react, tool add, agent react, tool add, agent react, ' +
        'tool fails, agent react, tool nosuch, agent react, model fake/main, agent react, tool helper, ' +
        'model fake/sub, tool helper, tool add, tool helper, model fake/sub, tool helper, tool submit, ' +
        'tool helper, agent react, model fake/main, agent react, tool submit, agent react, solver react, ' +
        'scoring, scoring match, scoring, scoring includes, scoring, none',
    )
  })

  it('tells that a call waits, for a rate limit, and when it is tried again', async () => {
    const events = await recorded('model_retries')
    const { tell, clock, board } = followed()
    const afterRetry = events.findIndex(({ hook }) => hook === 'onModelRetry') + 4
    const waiting = tell(events.slice(0, afterRetry))
    const { since } = waiting.samples[0]!.activity
    expect(waiting.samples[0]!.activity).toEqual({ kind: 'waiting', name: 'rl', since, until: since! + 50 })
    clock.time += 60
    expect(board.snapshot().samples[0]!.activity).toEqual({
      kind: 'model',
      name: 'rl',
      since: since! + 50,
      until: null,
    })
    const { totals, errors } = tell(events.slice(afterRetry))
    expect({ totals, errors }).toMatchObject({
      totals: { calls: 1, retries: 2, rateLimited: 2, waited: 100, errors: 0 },
      errors: [{ kind: 'retry', type: 'RateLimit', status: 429, count: 2, task: 'model_retries', sample: 1 }],
    })
  })

  it('counts attempts that failed and are tried again, and keeps the sample in flight between them', async () => {
    const events = await recorded('retry_on_error')
    const between = events.findLastIndex(({ hook, data }) => hook === 'onSampleAttemptEnd' && data.will_retry)
    const { tell } = followed((text) => text.toUpperCase())
    const { samples } = tell(events.slice(0, between + 1))
    expect(samples.map(({ id, attempt, activity }) => [id, attempt, activity.kind])).toEqual([
      ['r1', 2, 'queued'],
      ['r2', 2, 'queued'],
    ])
    const { tasks, totals, errors } = tell(events.slice(between + 1))
    expect(tasks[0]!.samples).toEqual({
      planned: 2,
      done: 2,
      failed: 0,
      cancelled: 0,
      limited: 0,
      inFlight: 0,
      queued: 0,
    })
    expect({ calls: totals.calls, errors: totals.errors }).toEqual({ calls: 6, errors: 4 })
    expect(errors).toMatchObject([{ kind: 'attempt', count: 4, message: expect.stringMatching(/^[^a-z]+$/) as string }])
  })

  it.for([
    ['fail_on_error', 'error', { planned: 4, done: 4, failed: 1, cancelled: 1, limited: 0, inFlight: 0, queued: 0 }],
    ['cancelled', 'cancelled', { planned: 3, done: 3, failed: 0, cancelled: 2, limited: 0, inFlight: 0, queued: 0 }],
    [
      'sandbox_init_fail',
      'success',
      { planned: 1, done: 1, failed: 1, cancelled: 0, limited: 0, inFlight: 0, queued: 0 },
    ],
    ['limit_token', 'success', { planned: 1, done: 1, failed: 0, cancelled: 0, limited: 1, inFlight: 0, queued: 0 }],
    ['limit_time', 'success', { planned: 1, done: 1, failed: 0, cancelled: 0, limited: 1, inFlight: 0, queued: 0 }],
    ['no_log_samples', 'success', { planned: 1, done: 1, failed: 0, cancelled: 0, limited: 0, inFlight: 0, queued: 0 }],
  ] as const)('tells how %s ended, though it may have no end', async ([name, state, samples]) => {
    const { tasks, runs } = followed().tell(await recorded(name))
    expect(tasks.map((task) => ({ state: task.state, samples: task.samples }))).toEqual([{ state, samples }])
    expect(runs.map((run) => run.state)).toEqual(['ended'])
  })

  it('tells the attempts at a task apart', async () => {
    const { tasks } = followed().tell(await recorded('eval_set_retry_immediate'))
    expect(tasks.map(({ name, attempt, state }) => `${name} ${attempt} ${state}`)).toMatchInlineSnapshot(`
      [
        "t_a 1 success",
        "t_b 1 error",
        "t_b 2 success",
      ]
    `)
  })

  it('counts answers from the cache apart', async () => {
    const { totals } = followed().tell(await recorded('cache_write'))
    expect(totals).toMatchObject({ calls: 1, cacheHits: 0 })
  })

  it('counts the call that trips a limit, which the usage hook leaves out', async () => {
    const events = await recorded('limit_token')
    const { totals } = followed().tell(events)
    expect([count(events, 'onModelUsage'), totals.calls, totals.inputTokens > 0]).toMatchInlineSnapshot(`
      [
        0,
        1,
        true,
      ]
    `)
  })

  it('takes each event once, however often it comes', async () => {
    for (const name of ['basic', 'react_agent', 'model_retries', 'limit_token', 'retry_on_error']) {
      const events = await recorded(name)
      const once = followed().tell(events)
      // What counts on its own each time is what a listener takes over once.
      const counted = new Set(['onModelUsage', 'onModelCacheUsage', 'onModelRetry', 'onBeforeModelGenerate'])
      const repeated = events.flatMap((event) => (counted.has(event.hook) ? [event] : [event, event, event]))
      expect(followed().tell(repeated)).toEqual(once)
    }
  })

  it('tells the same of an old Inspect as far as that tells: without the ids of calls, attempts, events', async () => {
    const newer = new Set([
      'onSampleEvent',
      'onSampleAttemptStart',
      'onSampleAttemptEnd',
      'onBeforeModelGenerate',
      'onModelRetry',
    ])
    const events = (await recorded('react_agent')).flatMap((event): HookEvent[] => {
      if (newer.has(event.hook)) return []
      if (event.hook !== 'onModelUsage') return [event]
      return [{ ...event, data: { ...event.data, run_id: null, eval_id: null, task_name: null } }]
    })
    const now = followed().tell(await recorded('react_agent'))
    const old = followed().tell(events)
    expect({ tasks: old.tasks, totals: old.totals }).toEqual({
      tasks: now.tasks,
      totals: { ...now.totals, errors: 0 },
    })
  })

  it('keeps no content: no text that is not a name or an id', async () => {
    for (const name of ['react_agent', 'odd_values', 'retry_exhausted']) {
      const { tell, board } = followed()
      for (const event of await recorded(name)) {
        tell([event])
        const told = JSON.stringify(board.snapshot())
        for (const text of ['What is', 'Traceback', 'the answer', '"arguments"', '"message":"'])
          expect(told).not.toContain(text)
      }
    }
  })
})
