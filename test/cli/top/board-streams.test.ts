import { describe, expect, it } from 'vitest'
import { Board } from '../../../src/cli/top/board.ts'
import type { EvalLog } from '../../../src/inspect/records.ts'
import type { BoardSnapshot } from '../../../src/cli/top/snapshot.ts'
import { hookNames, type HookEvent } from '../../../src/index.ts'
import { event, GeneratedTask, start, usage } from './generated.ts'

function boardAt() {
  const clock = { time: start, now: () => clock.time }
  const board = new Board({ clock })
  /** Tells events, each at its time. */
  const tell = (...events: readonly HookEvent[]): BoardSnapshot => {
    for (const each of events) {
      clock.time = Math.max(clock.time, Date.parse(each.meta.time))
      board.event(each)
    }
    return board.snapshot()
  }
  return { board, clock, tell }
}

function doings(snapshot: BoardSnapshot): (readonly [string, string, number | null])[] {
  return snapshot.samples.map(({ uuid, activity: { kind, since } }) => [uuid, kind, since && since - start])
}

describe('what samples do', () => {
  const task = new GeneratedTask('run', 'eval')

  it('is a model call for each of them when there are as many calls as samples', () => {
    const { tell } = boardAt()
    tell(task.start(0), ...task.sampleStart(1, 'a'), ...task.sampleStart(2, 'b'))
    expect(doings(tell(task.beforeCall(10, 'x', ['m1'])))).toEqual([
      ['a', 'solver', 1],
      ['b', 'solver', 2],
    ])
    expect(doings(tell(task.beforeCall(20, 'y', ['m2'])))).toEqual([
      ['a', 'model', null],
      ['b', 'model', null],
    ])
  })

  it('is known of each as soon as the event of a first call says whose it was', () => {
    const { tell } = boardAt()
    tell(task.start(0), ...task.sampleStart(1, 'a'), ...task.sampleStart(2, 'b'))
    tell(task.beforeCall(10, 'x', ['m1']), task.beforeCall(20, 'y', ['m2']))
    expect(doings(tell(task.modelEvent(30, 'b', 'e1', ['m2'])))).toEqual([
      ['a', 'model', 10],
      ['b', 'solver', 2],
    ])
    expect(doings(tell(task.beforeCall(40, 'y', ['m2', 'm3'])))).toEqual([
      ['a', 'model', 10],
      ['b', 'model', 40],
    ])
    // The same event again, after the next call with the same last message has begun.
    tell(task.beforeCall(50, 'y', ['m2']))
    expect(doings(tell(task.modelEvent(51, 'b', 'e1', ['m2'])))[1]).toEqual(['b', 'model', 50])
  })

  it('is not guessed where calls cannot be told apart', () => {
    const { tell } = boardAt()
    tell(task.start(0), ...task.sampleStart(1, 'a'), ...task.sampleStart(2, 'b'))
    // Epochs of a sample whose messages are in the dataset.
    tell(task.beforeCall(10, 'x', ['m']), task.beforeCall(20, 'y', ['m']))
    expect(doings(tell(task.modelEvent(30, 'b', 'e1', ['m'])))).toEqual([
      ['a', 'solver', 1],
      ['b', 'solver', 2],
    ])
  })

  it('is not taken from the call of an attempt that is over', () => {
    const { tell } = boardAt()
    tell(task.start(0), ...task.sampleStart(1, 'a'), task.beforeCall(10, 'x', ['m']), task.sampleEnd(20, 'a'))
    expect(doings(tell(...task.sampleStart(30, 'b')))).toEqual([['b', 'solver', 30]])
  })
})

describe('a sample of an Inspect that tells no attempts', () => {
  it('runs from its start on', () => {
    const task = new GeneratedTask('run', 'eval', '0.3.112')
    const data = { ...task.ids, sample_id: 'a', summary: { id: 1, epoch: 1 } }
    const { samples } = boardAt().tell(task.start(0), event('onSampleStart', 1, data))
    expect(samples).toMatchObject([{ attempt: 1, activity: { kind: 'solver', name: null, since: start + 1 } }])
  })
})

describe('what a board counts', () => {
  it('tokens per second, by when they came', () => {
    const task = new GeneratedTask('run', 'eval')
    const { tell, board, clock } = boardAt()
    tell(task.start(0), task.usage(1_000, usage(500, 100)), task.usage(55_000, usage(50, 10)))
    const rates = () => board.snapshot().totals.tokensPerSecond
    expect(rates()).toEqual({ last10s: 6, last60s: 11 })
    clock.time = start + 61_500
    expect(rates()).toEqual({ last10s: 6, last60s: 1 })
    clock.time = start + 120_000
    expect(rates()).toEqual({ last10s: 0, last60s: 0 })
    // What a sample shows at its end was used before, nobody knows when.
    tell(task.sampleEnd(120_000, 'a', { model_usage: { 'fake/m': usage(100_000, 0) } }))
    expect(rates()).toEqual({ last10s: 0, last60s: 0 })
    expect(board.snapshot().totals.inputTokens).toBe(100_000)
  })

  it('the price of the calls that have one', () => {
    const task = new GeneratedTask('run', 'eval')
    const { tell } = boardAt()
    expect(tell(task.start(0), task.usage(1, usage(1, 1))).totals.cost).toBeNull()
    expect(tell(task.usage(2, usage(1, 1, 0.25)), task.usage(3, usage(1, 1, 0.5))).totals.cost).toBe(0.75)
    expect(tell(task.usage(4, usage(1, 1))).tasks[0]!.cost).toBe(0.75)
  })

  it('retries as unknown where Inspect does not tell them', () => {
    const old = new GeneratedTask('run1', 'eval1', '0.3.200')
    const { tell } = boardAt()
    expect(tell(old.runStart(0), old.start(0)).totals.retries).toBeNull()
    expect(tell(new GeneratedTask('run2', 'eval2').start(1)).totals.retries).toBe(0)
  })

  it('tokens of a task as unknown while Inspect does not tell whose they are', () => {
    const old = new GeneratedTask('run', 'eval', '0.3.112')
    const { tell } = boardAt()
    const call = event('onModelUsage', 2, { model_name: 'm', usage: usage(7, 3), call_duration: 1, retries: 0 })
    const { tasks, totals } = tell(old.start(0), call)
    expect([tasks[0]!.inputTokens, tasks[0]!.outputTokens, totals.inputTokens]).toEqual([null, null, 7])
    const ended = tell(old.sampleEnd(3, 'a', { model_usage: { m: usage(7, 3) } }))
    expect([ended.tasks[0]!.inputTokens, ended.totals.inputTokens, ended.totals.calls]).toEqual([7, 7, 1])
  })

  it('rate limits among the retries', () => {
    const task = new GeneratedTask('run', 'eval')
    const { totals, errors } = boardAt().tell(
      task.start(0),
      task.retry(1, { status_code: 429, exception_type: 'APIStatusError', wait_time: 3 }),
      task.retry(2, { exception_type: 'ThrottlingException', wait_time: 4.5 }),
      task.retry(3, { exception_type: 'APITimeoutError', wait_time: Number.NaN }),
      event('onModelRetry', 4, { model_name: 'm', attempt: 1, wait_time: 1 }),
    )
    expect({ retries: totals.retries, rateLimited: totals.rateLimited, waited: totals.waited }).toEqual({
      retries: 4,
      rateLimited: 2,
      waited: 8_500,
    })
    expect(errors.map(({ type, status, count, task: name }) => [type, status, count, name])).toEqual([
      ['unknown', null, 1, null],
      ['APITimeoutError', null, 1, 't'],
      ['ThrottlingException', null, 1, 't'],
      ['APIStatusError', 429, 1, 't'],
    ])
  })

  it('calls outside of any run', () => {
    const call = event('onModelUsage', 0, { model_name: 'm', usage: usage(7, 3), call_duration: 1, retries: 0 })
    const { board, clock, tell } = boardAt()
    expect(tell(call, event('onModelCacheUsage', 1, { model_name: 'm', usage: usage(7, 3) })).totals).toMatchObject({
      calls: 1,
      cacheHits: 1,
      inputTokens: 7,
      outputTokens: 3,
    })
    clock.time += 11 * 60_000
    expect(board.snapshot().totals.calls).toBe(0)
  })
})

describe('runs that are not as they should be', () => {
  it('may end without a start, and with an exception', () => {
    const task = new GeneratedTask('run', 'eval')
    const { runs, totals, errors } = boardAt().tell(
      task.runEnd(5, { exception: { type: 'PrerequisiteError', message: 'no key' } }),
      task.runEnd(6, { exception: { type: 'PrerequisiteError', message: 'no key' } }),
    )
    expect(runs).toEqual([
      {
        id: 'run',
        evalSetId: null,
        plannedTasks: null,
        started: start + 5,
        ended: start + 5,
        state: 'error',
        error: 'PrerequisiteError',
        heard: start + 6,
      },
    ])
    expect({ errors: totals.errors, kinds: errors.map(({ kind, count }) => [kind, count]) }).toEqual({
      errors: 1,
      kinds: [['run', 1]],
    })
  })

  it('may have begun before the board: what comes is taken, what is not known stays open', () => {
    const task = new GeneratedTask('run', 'eval')
    const { tasks, samples } = boardAt().tell(
      ...task.sampleStart(1, 'a'),
      task.sampleEnd(2, 'b', { error: { message: 'ValueError()' } }),
    )
    expect(tasks).toMatchObject([
      { name: null, model: null, state: 'running', samples: { planned: null, done: 1, failed: 1, inFlight: 1 } },
    ])
    expect(samples).toMatchObject([{ uuid: 'a', id: 'id a', task: null }])
  })

  it('may be of several processes at once', () => {
    const [a, b] = [new GeneratedTask('run1', 'eval1'), new GeneratedTask('run2', 'eval2')]
    const { tell } = boardAt()
    tell(a.runStart(0), b.runStart(1), a.start(2), b.start(3), ...a.sampleStart(4, 'a'), ...b.sampleStart(5, 'b'))
    const { runs, tasks } = tell(a.sampleEnd(6, 'a'), a.end(7), a.runEnd(8))
    expect(runs.map(({ id, state }) => [id, state])).toEqual([
      ['run1', 'ended'],
      ['run2', 'running'],
    ])
    expect(tasks.map(({ id, state, samples }) => [id, state, samples.done, samples.inFlight])).toEqual([
      ['eval1', 'success', 1, 0],
      ['eval2', 'running', 0, 1],
    ])
  })

  it('may lose their process, and have their end in the log all the same', () => {
    const task = new GeneratedTask('run', 'eval')
    const { board, tell } = boardAt()
    tell(task.runStart(0), task.start(1), ...task.sampleStart(2, 'a'))
    board.lost('run')
    board.lost('nobody knows it')
    expect(board.snapshot()).toMatchObject({
      runs: [{ state: 'lost', ended: start + 2 }],
      tasks: [{ state: 'lost', ended: start + 2, samples: { inFlight: 0 } }],
      samples: [],
    })
    board.taskLog(logOf('eval', 'error'))
    board.taskLog(logOf('another', 'success'))
    expect(board.snapshot().tasks).toMatchObject([{ state: 'error', ended: start + 2 }])
    expect(tell(task.runEnd(9)).runs).toMatchObject([{ state: 'ended', ended: start + 9 }])
  })

  it('may be there again after all', () => {
    const task = new GeneratedTask('run', 'eval')
    const { board, tell } = boardAt()
    const begun = [task.runStart(0), task.start(1), ...task.sampleStart(2, 'a')]
    tell(...begun)
    board.lost('run')
    const { runs, tasks, samples } = tell(...begun)
    expect({ runs, tasks, samples }).toMatchObject({
      runs: [{ state: 'running', ended: null }],
      tasks: [{ state: 'running', ended: null, attempt: 1, samples: { inFlight: 1 } }],
      samples: [{ uuid: 'a', attempt: 1 }],
    })
  })

  it('may be told in data of any shape', () => {
    const { board, tell } = boardAt()
    const values: unknown[] = [undefined, null, 7, 'text', [], { uuid: 'u', event: 'model' }]
    for (const hook of hookNames) {
      for (const value of values) {
        const fields = ['summary', 'sample', 'event', 'spec', 'log', 'logs', 'usage', 'input', 'error', 'exception']
        const data = Object.fromEntries(fields.map((field) => [field, value]))
        tell(event(hook, 0, { run_id: 'run', eval_id: 'eval', sample_id: 's', ...data }), event(hook, 0, data))
      }
    }
    expect(() => JSON.stringify(board.snapshot())).not.toThrow()
  })
})

describe('the memory of a board', () => {
  it('lets go of a run some minutes after its end, with all that was counted for it', () => {
    const task = new GeneratedTask('run', 'eval')
    const { tell, board, clock } = boardAt()
    tell(task.runStart(0), task.start(1), task.usage(2, usage(10, 1)), task.retry(3, {}), task.runEnd(1_000))
    clock.time = start + 9 * 60_000
    expect(board.snapshot()).toMatchObject({ runs: [{ state: 'ended' }], tasks: [{ state: 'ended' }] })
    clock.time = start + 11 * 60_000
    const empty = { runs: [], tasks: [], samples: [], errors: [] }
    expect(board.snapshot()).toMatchObject({ ...empty, totals: { inputTokens: 0, calls: 0, retries: 0 } })
    // Nor does it come back when something comes late.
    expect(tell(task.sampleEnd(12 * 60_000, 'late'))).toMatchObject(empty)
  })

  it('lets go of a run whose process was killed, after hours of silence', () => {
    const task = new GeneratedTask('run', 'eval')
    const { tell, board, clock } = boardAt()
    tell(task.runStart(0), task.start(1), ...task.sampleStart(2, 'a'))
    clock.time = start + 5 * 3_600_000
    expect(board.snapshot().samples).toHaveLength(1)
    clock.time = start + 7 * 3_600_000
    expect(board.snapshot()).toMatchObject({ runs: [], tasks: [], samples: [] })
  })

  it('keeps what the tasks of a long run came to, and not the tasks', () => {
    const { tell } = boardAt()
    const tasks = Array.from({ length: 300 }, (_, index) => new GeneratedTask('run', `eval${index}`))
    const events = tasks.flatMap((task, index) => {
      const at = index * 2_000
      return [task.start(at), task.usage(at + 1, usage(10, 1)), task.end(at + 2)]
    })
    const snapshot = tell(...events)
    expect(snapshot.tasks.length).toBeLessThan(210)
    expect(snapshot.totals).toMatchObject({ calls: 300, inputTokens: 3_000, outputTokens: 300 })
  })

  it('has room for 10,000 samples with 500 in flight, and is quick', () => {
    const task = new GeneratedTask('run', 'eval')
    const { tell, board } = boardAt()
    tell(task.runStart(0), task.start(0, 10_000))
    const began = performance.now()
    for (let sample = 0; sample < 10_000; sample++) {
      const at = sample * 10
      const uuid = `uuid ${sample}`
      tellOf(board, [
        ...task.sampleStart(at, uuid),
        task.beforeCall(at + 1, `attempt ${sample}`, [`m ${sample}`]),
        task.usage(at + 2, usage(90, 10)),
        task.modelEvent(at + 3, uuid, `event ${sample}`, [`m ${sample}`]),
        task.modelEvent(at + 3, uuid, `event ${sample}`, [`m ${sample}`]),
        ...(sample >= 500
          ? [task.sampleEnd(at + 4, `uuid ${sample - 500}`, { scores: { match: { value: 'C' } } })]
          : []),
      ])
    }
    const snapshot = board.snapshot()
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(snapshot.tasks).toMatchObject([
      { samples: { planned: 10_000, done: 9_500, inFlight: 500 }, inputTokens: 900_000, outputTokens: 100_000 },
    ])
    expect(snapshot.totals).toMatchObject({ calls: 10_000 })
    expect([snapshot.samples.length, snapshot.samples[0]!.uuid]).toEqual([100, 'uuid 9500'])
    expect(JSON.stringify(snapshot).length).toBeLessThan(50_000)
    expect(JSON.stringify(snapshot)).not.toContain('secret')
  })
})

function logOf(evalId: string, status: EvalLog['status']): EvalLog {
  const spec = { eval_id: evalId } as EvalLog['eval']
  return { version: 2, status, eval: spec, plan: { name: 'plan', steps: [] }, stats: {} }
}

function tellOf(board: Board, events: readonly HookEvent[]): void {
  for (const each of events) board.event(each)
}
