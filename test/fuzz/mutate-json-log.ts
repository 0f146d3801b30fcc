import type { Random } from '../../bench/random.ts'
import type { Fixture } from './fixtures.ts'
import {
  header,
  nothing,
  pick,
  samples,
  structure,
  target,
  unbalanced,
  type Damage,
  type Mutation,
} from './mutation.ts'
import { nested } from './raw-values.ts'

interface Edited {
  readonly note?: string
  readonly text: string
  readonly damage: Damage
}

/** What is around the parts of a log that is one JSON object. */
function jsonMutation(what: string, edit: (text: string, random: Random, fixture: Fixture) => Edited): Mutation {
  return {
    kind: `json-log/${what}`,
    apply(fixture, random) {
      // The manifest of a buffer is JSON too.
      if (fixture.model.zip || !fixture.target.endsWith('.json') || fixture.target.startsWith('.')) return undefined
      const { note = '', text, damage } = edit(fixture.model.write().bytes.toString('utf8'), random, fixture)
      return { note, files: target(fixture, Buffer.from(text)), damage }
    },
  }
}

const samplesKey = '"samples":['

export const jsonLogMutations: readonly Mutation[] = [
  jsonMutation('samples-key', (text, random) => {
    const [key, damage] = pick<[string, Damage]>(random, [
      ['"s\\u0061mples":[', nothing],
      ['"samples" \n:\t[', nothing],
      ['"samples":{"x":[', structure],
      ['"samples":7,"samples":[', samples()],
      ['"samples":[],"samples":[', samples()],
    ])
    return { note: key, text: text.replace(samplesKey, () => key), damage }
  }),
  jsonMutation('samples-value', (text, random) => {
    const value = pick(random, ['{}', '"x"', '0', '[null]', '[7,"x",[],{}]', nested('[', ']', 100_000)])
    const start = text.indexOf(samplesKey)
    return { note: value.slice(0, 20), text: `${text.slice(0, start)}"samples":${value}}`, damage: structure }
  }),
  jsonMutation('elements', (text, random) => {
    const element = pick(random, ['null', '7', '"x"', '[]', '{}', '{"id":1}', '{"id":null,"epoch":"x"}', '[{"id":1}]'])
    return { note: element, text: text.replace(samplesKey, () => `${samplesKey}${element},`), damage: samples() }
  }),
  jsonMutation('commas', (text, random) => {
    const [from, to] = pick(random, [
      [samplesKey, `${samplesKey},`],
      [samplesKey, `${samplesKey},,`],
      [',"reductions"', ',,"reductions"'],
      [',"samples"', ' "samples"'],
    ] as const)
    return { note: to, text: text.replace(from, () => to), damage: structure }
  }),
  jsonMutation('closed-early', (text, random, fixture) => {
    const bracket = pick(random, [']', '}', ']}', '}]', '[', '{'])
    const at = text.indexOf(samplesKey) + random.below(text.length - text.indexOf(samplesKey))
    return {
      note: `${bracket} at ${at}`,
      text: text.slice(0, at) + bracket + text.slice(at),
      damage: unbalanced(samples(...allSamples(fixture))),
    }
  }),
  jsonMutation('cut', (text, random) => {
    const at = random.below(text.length)
    return { note: `at ${at}`, text: text.slice(0, at), damage: structure }
  }),
  jsonMutation('in-list', (text) => ({ text: `[${text}]`, damage: structure })),
  jsonMutation('trailing', (text, random) => {
    const more = pick(random, ['}', '{}', '\0\0\0', 'x', '\n\n'])
    return { note: more, text: text + more, damage: samples() }
  }),
  jsonMutation('header-twice', (text, random) => {
    const field = pick(random, ['"version":2,', '"status":"success",', '"eval":null,', '"samples2":[],', '"":0,'])
    return { note: field, text: text.replace('{', () => `{${field}`), damage: header }
  }),
  jsonMutation('encoding', (text, random) => {
    const other = pick(random, ['utf16le', 'latin1'] as const)
    return { note: other, text: Buffer.from(text, other).toString('latin1'), damage: structure }
  }),
]

function allSamples({ model }: Fixture): (string | undefined)[] {
  return model.parts.map(({ sample }) => sample)
}
