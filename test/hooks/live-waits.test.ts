import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { LiveWaits } from '../../src/hooks/live-waits.ts'

function setUp() {
  const run = new AbortController()
  const reports: string[] = []
  const report = (line: string): void => void reports.push(line)
  const waits = new LiveWaits({ cancelled: run.signal, graceMs: 50, tellAfterMs: 100, report })
  const left: string[] = []
  const wait = async (result: Promise<unknown>, hook: string): Promise<string> => {
    try {
      await waits.for(result, hook, 'onTaskEnd', () => left.push(hook))
      return 'came back'
    } catch (error) {
      return (error as Error).message
    }
  }
  return { run, reports, wait, left }
}

const given = 'the run is cancelled, and it did not come back within 0.05 s; it gets no more events'

describe('a live run', () => {
  it('waits for a hook as long as it takes, and says once for whom', async () => {
    const { reports, wait, left } = setUp()
    expect(await Promise.all([wait(sleep(350), 'slow'), wait(sleep(1), 'quick')])).toEqual(['came back', 'came back'])
    expect(await wait(sleep(350), 'slow')).toBe('came back')
    expect(reports).toEqual(["the run waits for hook 'slow', which is in onTaskEnd for 0.1 s"])
    expect(left).toEqual([])
  })

  it('that is cancelled gives a moment to hooks that it waits for, and to those that it calls later', async () => {
    const { run, wait, left } = setUp()
    const before = [wait(new Promise(() => {}), 'before'), wait(sleep(70), 'in time')]
    await sleep(30)
    run.abort()
    expect(await Promise.all(before)).toEqual([given, 'came back'])
    const after = [
      wait(new Promise(() => {}), 'after'),
      wait(sleep(10), 'quick'),
      wait(Promise.reject(new Error('no')), 'bad'),
    ]
    expect(await Promise.all(after)).toEqual([given, 'came back', 'no'])
    expect(left).toEqual(['before', 'after'])
  })
})
