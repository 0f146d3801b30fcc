import type {
  Activity,
  BoardSnapshot,
  ErrorSnapshot,
  RunSnapshot,
  SampleSnapshot,
  TaskSnapshot,
} from '../../../src/cli/top/snapshot.ts'

/** 2026-11-28, five past two in the afternoon. */
export const now = new Date(2026, 10, 28, 14, 5, 33).getTime()

export function exampleRun(changes: Partial<RunSnapshot> = {}): RunSnapshot {
  return {
    id: 'run1',
    evalSetId: null,
    plannedTasks: 2,
    started: now - 900_000,
    ended: null,
    state: 'running',
    error: null,
    heard: now - 200,
    ...changes,
  }
}

export function exampleTask(
  changes: Partial<Omit<TaskSnapshot, 'samples'>> & { readonly samples?: Partial<TaskSnapshot['samples']> } = {},
): TaskSnapshot {
  return {
    id: 'eval1',
    runId: 'run1',
    name: 'bug_hunt',
    model: 'openai/gpt-4o',
    attempt: 1,
    started: now - 890_000,
    ended: null,
    state: 'running',
    scores: [{ name: 'tests_pass', mean: 0.8125, samples: 48 }],
    metric: null,
    inputTokens: 1_234_567,
    outputTokens: 45_678,
    cost: 3.42,
    ...changes,
    samples: {
      planned: 120,
      done: 48,
      failed: 3,
      cancelled: 0,
      limited: 2,
      inFlight: 20,
      queued: 0,
      ...changes.samples,
    },
  }
}

export function exampleSample(
  number: number,
  activity: Partial<Activity>,
  changes: Partial<SampleSnapshot> = {},
): SampleSnapshot {
  return {
    uuid: `uuid${number}`,
    taskId: 'eval1',
    task: 'bug_hunt',
    model: 'openai/gpt-4o',
    id: `django-${number}`,
    epoch: 1,
    attempt: 1,
    started: now - 700_000 + number * 37_000,
    activity: { kind: 'solver', name: null, since: now - 5_000, until: null, ...activity },
    ...changes,
  }
}

export function exampleError(changes: Partial<ErrorSnapshot> = {}): ErrorSnapshot {
  return {
    kind: 'retry',
    type: 'RateLimitError',
    status: 429,
    message: null,
    count: 12,
    time: now - 4_000,
    task: 'bug_hunt',
    model: 'openai/gpt-4o',
    sample: 'django-3',
    epoch: 1,
    ...changes,
  }
}

/** An eval of two tasks in full swing. */
export function exampleSnapshot(changes: Partial<BoardSnapshot> = {}): BoardSnapshot {
  return {
    version: 1,
    time: now,
    runs: [exampleRun()],
    tasks: [
      exampleTask({ samples: { inFlight: 18, queued: 2 } }),
      exampleTask({
        id: 'eval2',
        name: 'arithmetic',
        model: 'anthropic/claude-sonnet-4-5',
        attempt: 2,
        started: now - 61_000,
        scores: [{ name: 'match', mean: 1, samples: 7 }],
        inputTokens: 9_300,
        outputTokens: 412,
        cost: null,
        samples: { planned: null, done: 7, failed: 0, limited: 0, inFlight: 1 },
      }),
      exampleTask({
        id: 'eval0',
        name: 'smoke',
        started: now - 900_000,
        ended: now - 895_000,
        state: 'success',
        metric: { name: 'match accuracy', value: 0.5 },
        inputTokens: 300,
        outputTokens: 40,
        cost: 0.0012,
        samples: { planned: 2, done: 2, failed: 0, limited: 0, inFlight: 0 },
      }),
    ],
    samples: [
      exampleSample(0, { kind: 'tool', name: 'bash', since: now - 312_000 }),
      exampleSample(1, { kind: 'model', name: 'openai/gpt-4o', since: now - 41_500 }, { attempt: 2 }),
      exampleSample(2, { kind: 'waiting', name: 'gpt-4o', since: now - 3_000, until: now + 27_900 }),
      exampleSample(3, { kind: 'scoring', name: 'tests_pass', since: now - 800 }),
      exampleSample(4, { kind: 'agent', name: 'react', since: now - 200_000 }, { id: '検索エンジン-17', epoch: 2 }),
      exampleSample(5, { kind: 'starting', since: now - 12_000 }, { attempt: 0 }),
      exampleSample(
        7,
        { kind: 'model', name: 'anthropic/claude-sonnet-4-5', since: null },
        { taskId: 'eval2', task: 'arithmetic', id: 8 },
      ),
      ...Array.from({ length: 10 }, (_, index) => exampleSample(8 + index, { name: 'generate' })),
      exampleSample(6, { kind: 'queued', since: now - 9_000 }),
    ],
    errors: [
      exampleError(),
      exampleError({
        kind: 'tool',
        type: 'timeout',
        status: null,
        message: 'Command timed out',
        count: 1,
        time: now - 62_000,
      }),
      exampleError({
        kind: 'sample',
        type: 'RuntimeError',
        status: null,
        message: "RuntimeError('the container is gone \u001B[31mand so is its name')",
        count: 3,
        time: now - 300_000,
      }),
    ],
    totals: {
      inputTokens: 1_244_167,
      outputTokens: 46_130,
      cost: 3.4212,
      calls: 1_204,
      cacheHits: 1,
      retries: 16,
      rateLimited: 12,
      waited: 412_000,
      errors: 4,
      tokensPerSecond: { last10s: 2_345.6, last60s: 987.65 },
    },
    ...changes,
  }
}
