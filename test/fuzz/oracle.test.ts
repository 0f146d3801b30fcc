import { describe, expect, it } from 'vitest'
import { loadFixtures } from './fixtures.ts'
import { header, nothing, samples, structure, type Damage } from './mutation.ts'
import { judge } from './oracle.ts'
import type { Replayed } from './replay-log.ts'

const fixture = loadFixtures().find(({ name }) => name === 'inspect/basic.eval')!
const evalId = /"eval_id":\s*"([^"]+)"/.exec(fixture.model.parts.find(({ role }) => role === 'header')!.text)![1]!
const folder = '/folder'

function replayedOf(digests: { readonly [key: string]: string }, ...messages: readonly string[]): Replayed {
  return {
    samples: new Map(Object.entries(digests).map(([key, digest]) => [`trace of ${key}`, { evalId, key, digest }])),
    tasks: new Map(),
    problems: messages.map((message) => ({ code: 'BAD_LOG', message: `${folder}/${message}` })),
    reused: 0,
    faults: [],
  }
}

const baseline = replayedOf({ '1_epoch_1': 'a', two_epoch_1: 'b' })

function failuresOf(damage: Damage, replayed: Replayed): readonly string[] {
  return judge({ folder, fixture, damage, isDetectable: false, baseline, replayed, content: ['the answer is 42'] })
    .failures
}

describe('the judge', () => {
  it('takes what is as before for good, whatever was damaged', () => {
    for (const damage of [nothing, header, structure, samples('two_epoch_1')]) {
      expect(failuresOf(damage, baseline)).toEqual([])
    }
  })

  it('wants samples that were not touched as they were', () => {
    const told = 'basic.eval: samples/1_epoch_1.json: broken'
    expect(failuresOf(samples('two_epoch_1'), replayedOf({ two_epoch_1: 'b' }, told))).toEqual([
      'sample 1_epoch_1 was not touched and is lost',
    ])
    expect(failuresOf(samples('two_epoch_1'), replayedOf({ '1_epoch_1': 'x', two_epoch_1: 'x' }))).toEqual([
      'sample 1_epoch_1 was not touched and changed',
    ])
    expect(failuresOf(nothing, replayedOf({ '1_epoch_1': 'a', two_epoch_1: 'x' }))).toEqual([
      'sample two_epoch_1 changed',
    ])
    expect(failuresOf(structure, replayedOf({ '1_epoch_1': 'a', two_epoch_1: 'x' }))).toEqual([
      'sample two_epoch_1 changed',
    ])
  })

  it('wants a lost sample to be named', () => {
    const lost = { '1_epoch_1': 'a' }
    expect(failuresOf(samples('two_epoch_1'), replayedOf(lost))).toEqual([
      'sample two_epoch_1 is lost and nothing names it',
    ])
    expect(failuresOf(samples('two_epoch_1'), replayedOf(lost, 'basic.eval: something'))).toEqual([
      'sample two_epoch_1 is lost and nothing names it',
    ])
    const named = replayedOf(lost, 'basic.eval: samples/two_epoch_1.json: has a wrong checksum')
    expect(failuresOf(samples('two_epoch_1'), named)).toEqual([])
    expect(failuresOf(structure, replayedOf(lost))).toEqual(['sample two_epoch_1 is lost and nothing is told'])
    expect(failuresOf(structure, replayedOf(lost, 'basic.eval: something'))).toEqual([])
    expect(failuresOf(header, replayedOf(lost))).toEqual(['1 samples are lost and nothing is told'])
    expect(failuresOf({ ...structure, whole: ['two_epoch_1'] }, replayedOf(lost, 'basic.eval: cut off'))).toEqual([
      'sample two_epoch_1 is whole and lost',
    ])
  })

  it('wants messages that name the file, are short and show no content', () => {
    const long = replayedOf({ '1_epoch_1': 'a', two_epoch_1: 'b' }, 'x'.repeat(3000), 'basic.eval: the answer is 42')
    const failures = failuresOf(samples(), {
      ...long,
      problems: [...long.problems, { code: 'BAD_LOG', message: 'bad' }],
    })
    expect(failures.map((failure) => failure.slice(0, 40))).toEqual([
      'a message has 3001 characters: /xxxxxxxx',
      'a message shows content, "the answer is ',
      'a problem names no file: bad',
    ])
  })
})
