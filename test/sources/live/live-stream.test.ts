import { describe, expect, it } from 'vitest'
import { readBatch } from '../../../src/sources/live/live-stream.ts'
import { linesOf, Played, take } from './play-live.ts'

const stream = 'stream01'

describe('a live stream', () => {
  it('takes a batch once, however often it comes, and tells what it expects next', async () => {
    const lines = await linesOf('basic')
    const played = new Played()
    const live = played.stream()
    expect(await take(live, { stream, first: 1 }, lines.slice(0, 4))).toEqual({ next: 5 })
    expect(await take(live, { stream, first: 1 }, lines.slice(0, 4))).toEqual({ next: 5 })
    expect(await take(live, { stream, first: 3 }, lines.slice(2, 6))).toEqual({ next: 7 })
    await live.settled()
    expect(played.hooks.length).toBe(6)
  })

  it('asks for what is under way when records did not come, and takes nothing of the batch', async () => {
    const lines = await linesOf('basic')
    const played = new Played()
    const live = played.stream()
    expect(await take(live, { stream, first: 3 }, lines.slice(2, 4))).toEqual({ need: 'open' })
    await live.settled()
    expect(played.hooks).toEqual([])
    const open = lines.slice(0, 2)
    expect(await take(live, { stream, first: 3, open: 2 }, [...open, ...lines.slice(2, 4)])).toEqual({ next: 5 })
    await live.settled()
    expect(played.hooks).toEqual(['onRunStart', 'onTaskStart', 'onSampleInit', 'onSampleStart'])
  })

  it('tells what is under way only of what it does not know', async () => {
    const lines = await linesOf('basic')
    const played = new Played()
    const live = played.stream()
    await take(live, { stream, first: 1 }, lines.slice(0, 5))
    await take(live, { stream, first: 9, open: 5 }, [...lines.slice(0, 5), lines[8]!])
    await live.settled()
    expect(played.hooks.length).toBe(6)
  })

  it('goes on after a line that is no record, and completes from the log what it told', async () => {
    const lines = await linesOf('basic')
    const played = new Played()
    const live = played.stream()
    await take(live, { stream, first: 1, end: true }, [...lines.slice(0, 5), '{"hook":', ...lines.slice(6)])
    await live.settled()
    expect(played.problems).toEqual(['live: not valid JSON: it ends too early, at position 8'])
    const whole = new Played()
    const other = whole.stream()
    await take(other, { stream, first: 1, end: true }, lines)
    await other.settled()
    expect([...played.items.keys()].toSorted()).toEqual([...whole.items.keys()].toSorted())
    expect(played.superseded).toEqual([])
  })

  it('passes over a hook that only a newer Inspect has, and says so once', async () => {
    const played = new Played()
    const live = played.stream()
    const line = '{"hook":"on_sample_pause","time":1795252259.9,"data":{}}'
    await take(live, { stream, first: 1 }, [line, line])
    await live.settled()
    expect(played.problems).toEqual([
      expect.stringMatching(/^on_sample_pause is a hook that this version does not know/),
    ])
    expect(played.hooks).toEqual([])
  })

  it.each([
    ['no JSON', 'cannot be read'],
    ['{"first":1}', '"stream"'],
    ['{"stream":"stream01","first":0}', '"first"'],
    ['{"stream":"stream01","first":1,"open":-1}', '"open"'],
    ['{"stream":"stream01","first":1,"open":3}', 'open: 3, and 0 lines follow'],
    ['[]', '"stream"'],
  ])('refuses a batch that begins with %s', (first, reason) => {
    expect(() => readBatch(`${first}\n`)).toThrow(reason)
  })
})

describe('a run that comes to no end', () => {
  it('stays open when its process is gone before its first task', async () => {
    const lines = await linesOf('basic')
    const played = new Played()
    const live = played.stream()
    await take(live, { stream, first: 1 }, lines.slice(0, 1))
    live.end()
    await live.settled()
    expect([played.hooks, played.open]).toEqual([['onRunStart'], [expect.objectContaining({ samples: 0, tasks: 0 })]])
  })

  it('stays open when the log is another task’s', async () => {
    const lines = (await linesOf('basic')).map((line) => line.replace(/\/basic\.eval"/, '/limit_token.eval"'))
    const played = new Played()
    const live = played.stream()
    await take(live, { stream, first: 1 }, lines.slice(0, 6))
    live.end()
    await live.settled()
    expect(played.problems).toEqual([expect.stringMatching(/limit_token\.eval: is the log of another task/)])
    expect(played.open).toEqual([expect.objectContaining({ tasks: 1 })])
  })

  it('stays open when a task ended whose start did not come', async () => {
    const lines = await linesOf('basic')
    const played = new Played()
    const live = played.stream()
    const [runStart = '', runEnd = ''] = [lines[0], lines.at(-1)]
    await take(live, { stream, first: 1 }, [runStart])
    await take(live, { stream, first: lines.length, open: 0 }, [runEnd])
    await live.settled()
    expect(played.problems).toEqual([expect.stringMatching(/^task basic \(\w+\): its start did not come$/)])
    expect([...played.items.keys()]).toEqual([])
    expect(played.open.length).toBe(1)
  })
})
