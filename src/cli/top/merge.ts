import { snapshotVersion, type BoardSnapshot, type SampleSnapshot, type Totals } from './snapshot.ts'

const mostSamples = 100
const mostErrors = 20

/** One snapshot of several, each of another listener; undefined of none. */
export function mergeSnapshots(snapshots: readonly BoardSnapshot[]): BoardSnapshot | undefined {
  const [first, ...others] = snapshots
  if (!first || others.length === 0) return first
  return {
    version: first.version,
    time: Math.max(...snapshots.map(({ time }) => time)),
    runs: snapshots.flatMap(({ runs }) => runs).toSorted((a, b) => a.started - b.started),
    tasks: snapshots.flatMap(({ tasks }) => tasks).toSorted((a, b) => a.started - b.started),
    samples: snapshots
      .flatMap(({ samples }) => samples)
      .toSorted((a, b) => Number(isQueued(a)) - Number(isQueued(b)) || a.started - b.started)
      .slice(0, mostSamples),
    errors: snapshots
      .flatMap(({ errors }) => errors)
      .toSorted((a, b) => b.time - a.time)
      .slice(0, mostErrors),
    totals: snapshots.map(({ totals }) => totals).reduce(addTotals),
  }
}

function isQueued({ activity }: SampleSnapshot): boolean {
  return activity.kind === 'queued'
}

function addTotals(a: Totals, b: Totals): Totals {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cost: addKnown(a.cost, b.cost),
    calls: a.calls + b.calls,
    cacheHits: a.cacheHits + b.cacheHits,
    retries: addKnown(a.retries, b.retries),
    rateLimited: a.rateLimited + b.rateLimited,
    waited: a.waited + b.waited,
    errors: a.errors + b.errors,
    tokensPerSecond: {
      last10s: a.tokensPerSecond.last10s + b.tokensPerSecond.last10s,
      last60s: a.tokensPerSecond.last60s + b.tokensPerSecond.last60s,
    },
  }
}

function addKnown(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b
}

/** What there is when there is no listener. */
export function emptySnapshot(time: number): BoardSnapshot {
  const totals: Totals = {
    inputTokens: 0,
    outputTokens: 0,
    cost: null,
    calls: 0,
    cacheHits: 0,
    retries: 0,
    rateLimited: 0,
    waited: 0,
    errors: 0,
    tokensPerSecond: { last10s: 0, last60s: 0 },
  }
  return { version: snapshotVersion, time, runs: [], tasks: [], samples: [], errors: [], totals }
}
