import type { Random } from '../../bench/random.ts'
import type { Region } from './zip-model.ts'
import {
  both,
  damageOf,
  nothing,
  structure,
  target,
  unbalanced,
  type Damage,
  type Mutated,
  type Mutation,
} from './mutation.ts'
import type { Fixture } from './fixtures.ts'

interface Written {
  readonly bytes: Buffer
  readonly regions: readonly Region[]
}

type Edit = (written: Written, random: Random, fixture: Fixture) => Mutated | undefined

function bytesMutation(what: string, edit: Edit): Mutation {
  return { kind: `bytes/${what}`, apply: (fixture, random) => edit(fixture.model.write(), random, fixture) }
}

/** Changes of the file's bytes, wherever they are. */
export const byteMutations: readonly Mutation[] = [
  bytesMutation('flip', (written, random, fixture) => {
    const bytes = Buffer.from(written.bytes)
    const count = 1 + random.below(4)
    let damage: Damage = nothing
    const places: number[] = []
    for (let flip = 0; flip < count; flip += 1) {
      const at = anywhere(written, random)
      bytes[at]! ^= 1 << random.below(8)
      places.push(at)
      damage = both(damage, damageAt(fixture, written, at, at + 1))
    }
    return { note: `bits at ${places.join(', ')}`, files: target(fixture, bytes), damage }
  }),
  bytesMutation('overwrite', (written, random, fixture) => {
    const bytes = Buffer.from(written.bytes)
    const at = anywhere(written, random)
    const end = Math.min(bytes.length, at + 1 + random.below(200))
    const value = [0, 0xff, 0x22, 0x20, 0x5b][random.below(5)]!
    bytes.fill(value, at, end)
    return {
      note: `${value} from ${at} to ${end}`,
      files: target(fixture, bytes),
      damage: damageAt(fixture, written, at, end),
    }
  }),
  bytesMutation('insert', (written, random, fixture) => {
    const { bytes } = written
    const at = random.below(bytes.length + 1)
    const noise = noiseOf(1 + random.below(100), random)
    const changed = Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)])
    return {
      note: `${noise.length} at ${at}`,
      files: target(fixture, changed),
      damage: shiftAt(fixture, written, at - 1, at),
    }
  }),
  bytesMutation('delete', (written, random, fixture) => {
    const { bytes } = written
    const at = random.below(bytes.length)
    const end = Math.min(bytes.length, at + 1 + random.below(300))
    const changed = Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)])
    return {
      note: `from ${at} to ${end}`,
      files: target(fixture, changed),
      damage: shiftAt(fixture, written, at, end),
    }
  }),
  bytesMutation('truncate', ({ bytes, regions }, random, fixture) => {
    const at = random.below(bytes.length)
    const damage = { ...structure, whole: wholeBefore(at, regions, fixture) }
    return { note: `at ${at}`, files: target(fixture, bytes.subarray(0, at)), damage }
  }),
  bytesMutation('splice', (written, random, fixture) => {
    const { bytes } = written
    const from = random.below(bytes.length)
    const piece = bytes.subarray(from, from + 1 + random.below(500))
    const at = random.below(bytes.length)
    const rest = random.below(2) === 0 ? at : Math.min(bytes.length, at + piece.length)
    const changed = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(rest)])
    return {
      note: `${piece.length} from ${from} to ${at}, up to ${rest}`,
      files: target(fixture, changed),
      damage: shiftAt(fixture, written, at - 1, rest),
    }
  }),
  bytesMutation('twice', ({ bytes }, _random, fixture) => ({
    note: 'the file twice',
    files: target(fixture, Buffer.concat([bytes, bytes])),
    damage: structure,
  })),
  bytesMutation('append', ({ bytes }, random, fixture) => {
    const noise = noiseOf(1 + random.below(100_000), random)
    return { note: `${noise.length}`, files: target(fixture, Buffer.concat([bytes, noise])), damage: structure }
  }),
  bytesMutation('signatures', ({ bytes }, random, fixture) => {
    const signature = ['PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06', 'PK\x06\x07', '{"', '[['][random.below(6)]!
    const many = Buffer.alloc(4 * random.below(300_000), signature, 'latin1')
    const at = random.below(3) === 0 ? random.below(bytes.length) : bytes.length
    const changed = Buffer.concat([bytes.subarray(0, at), many])
    return { note: `${many.length} of ${signature} at ${at}`, files: target(fixture, changed), damage: structure }
  }),
  bytesMutation('noise', (_written, random, fixture) => {
    const noise = noiseOf(random.below(5000), random)
    const start = ['', 'PK\x03\x04', 'PK\x05\x06', '{', '\uFEFF{', '{"samples":['][random.below(6)]!
    return { note: start, files: target(fixture, Buffer.concat([Buffer.from(start), noise])), damage: structure }
  }),
]

/** Places in small regions, such as the directory, are as likely as those in large ones. */
function anywhere({ bytes, regions }: Written, random: Random): number {
  if (random.below(2) === 0) return random.below(bytes.length)
  const { start, end } = regions[random.below(regions.length)]!
  return Math.min(bytes.length - 1, start + random.below(Math.max(1, end - start)))
}

function damageAt(fixture: Fixture, { regions }: Written, start: number, end: number): Damage {
  const damage = regions
    .filter((region) => region.start < end && start < region.end)
    .map((region) => damageOf(fixture, region.what))
    .reduce(both, nothing)
  // In a JSON log a quote or a bracket changes what everything behind it means.
  return fixture.model.zip ? damage : unbalanced(damage)
}

/** Where things were taken out or put in: what comes behind is no longer where it was. */
function shiftAt(fixture: Fixture, written: Written, start: number, end: number): Damage {
  return fixture.model.zip ? structure : damageAt(fixture, written, start, end + 1)
}

/** Samples that lie before that place, behind a header. */
function wholeBefore(at: number, regions: readonly Region[], { model }: Fixture): string[] {
  const left = new Set(regions.filter(({ end }) => end <= at).map(({ what }) => what))
  const hasHeader = model.zip ? left.has('_journal/start.json') : left.has('header')
  if (!hasHeader) return []
  const samples = [...new Set(model.parts.map(({ sample }) => sample))].filter((sample) => sample !== undefined)
  return samples.filter((key) => model.parts.every(({ sample, name }) => sample !== key || left.has(name)))
}

function noiseOf(length: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)))
}
