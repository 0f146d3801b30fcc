import { expect, it } from 'vitest'
import { OpenRuns } from '../../../src/cli/live/open-runs.ts'

function replayOf(logs: readonly string[]): string | undefined {
  const open = new OpenRuns()
  open.add({ tasks: 1, samples: 2 }, logs)
  const [line = ''] = open.lines()
  return /^1 task and 2 samples came to no end that is known: drafts until `evalspan replay (.*)` completes/.exec(
    line,
  )?.[1]
}

it('says nothing when nothing is open', () => {
  const open = new OpenRuns()
  open.add({ tasks: 0, samples: 0 }, ['/logs/a.eval'])
  expect(open.lines()).toEqual([])
})

it('names logs as a shell takes them', () => {
  expect(replayOf(['/logs/a.eval', '/my logs/b.eval', "/it's/c.eval"])).toBe(
    String.raw`/logs/a.eval '/my logs/b.eval' '/it'\''s/c.eval'`,
  )
})

it('names the folders of many logs', () => {
  expect(replayOf(['a', 'b', 'c'].map((name) => `/logs/${name}.eval`))).toBe('/logs/a.eval /logs/b.eval /logs/c.eval')
  expect(replayOf(['a', 'b', 'c', 'd'].map((name) => `/logs/${name}.eval`))).toBe('/logs')
  expect(replayOf(['a', 'b', 'c', 'd'].map((name) => `s3://bucket/${name}.eval`))).toBe('s3://bucket')
})

it('asks for the log where none was told', () => {
  expect(replayOf([])).toBe('LOG')
})
