import type { Random } from '../../bench/random.ts'
import { pick } from './mutation.ts'

/** In every text that mutations put into a log: no message may show it. */
export const canary = 'CANARY-7f3a'

export function nested(open: string, close: string, depth: number, inner = '0'): string {
  return open.repeat(depth) + inner + close.repeat(depth)
}

type RawValue = string | ((random: Random) => string)

/** JSON texts of values that a field may not expect, some of them no JSON in the strict sense. */
const rawValues: readonly RawValue[] = [
  'null',
  'true',
  'false',
  '0',
  '-1',
  '-0.0',
  '0.5',
  '1e308',
  '-1e308',
  '1e400',
  '9007199254740993',
  '123456789012345678901234567890',
  'NaN',
  'Infinity',
  '-Infinity',
  '""',
  `"${canary}"`,
  '"NaN"',
  '"2026-11-21T09:11:19.000000+00:00"',
  '"9999-12-31T23:59:59.999999+00:00"',
  '"0001-01-01T00:00:00+00:00"',
  '"2026-02-30T00:00:00+99:99"',
  '"attachment://"',
  '"attachment://__proto__"',
  '"tc://toString"',
  '"\\ud83d"',
  '"\\u0000\\u001b[31m"',
  '[]',
  '[[]]',
  '[null]',
  `["${canary}"]`,
  '[0,"a",{}]',
  '{}',
  '{"":{}}',
  `{"a":"${canary}"}`,
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"toString":1,"valueOf":2,"toJSON":3,"then":4,"length":-1,"hasOwnProperty":5}',
  nested('[', ']', 100_000),
  nested('{"a":', '}', 100_000),
  (random) => `"${canary.padEnd(10 ** (2 + random.below(5)), 'x')}"`,
  (random) => `[${Array.from({ length: 10 ** (1 + random.below(5)) }, () => 0).join(',')}]`,
  (random) => `[${Array.from({ length: 10 ** (1 + random.below(4)) }, () => '{}').join(',')}]`,
  (random) => `{${Array.from({ length: 10 ** (1 + random.below(4)) }, (_, index) => `"k${index}":0`).join(',')}}`,
  (random) => `{"${'k'.repeat(10 ** (1 + random.below(5)))}":0}`,
]

export function rawValue(random: Random): string {
  const value = pick(random, rawValues)
  return typeof value === 'string' ? value : value(random)
}

/** Names of fields that objects of JavaScript have by themselves. */
export const oddNames: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'toJSON',
  'then',
  'length',
  'hasOwnProperty',
  '',
  'a.b[0]',
  'k'.repeat(100_000),
]
