import { expect, it } from 'vitest'
import { notedArgs } from '../../src/runner/run/task-args.ts'

it('arguments can be copied, replaced and asked for under both names; each is noted under its own', () => {
  const names: string[] = []
  const args = notedArgs({ max_turns: 3, maxTurns: 4, kind: 'a', log_all: true }, (name) => names.push(name)) as {
    [name: string]: unknown
  }
  args['kind'] = 'b'
  const asked = [args['max_turns'], args['maxTurns'], args['logAll'], args['other']]
  expect([asked, names]).toEqual([
    [3, 4, true, undefined],
    ['max_turns', 'maxTurns', 'log_all'],
  ])
  const copy = { max_turns: 3, maxTurns: 4, kind: 'b', log_all: true }
  expect([structuredClone(args), { ...args }]).toEqual([copy, copy])
})
