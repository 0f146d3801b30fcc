import { sampleOfMember } from './log-model.ts'
import { damageOf, pick, samples, target, both, type Mutation } from './mutation.ts'
import { nameOf, newMember, withFields, writeZip } from './zip-model.ts'

const long = 'x'.repeat(60_000)

/** Names that lead out of a folder, or that some function takes for something else. */
const tricks: readonly string[] = [
  '../../../../tmp/evalspan-fuzz_epoch_1.json',
  '/tmp/evalspan-fuzz_epoch_1.json',
  'C:\\evalspan-fuzz_epoch_1.json',
  '..\\..\\evalspan-fuzz_epoch_1.json',
  'samples/../../evalspan-fuzz_epoch_1.json',
  'samples//tmp/evalspan-fuzz_epoch_1.json',
  'samples/a\0b_epoch_1.json',
  'samples/_epoch_1.json',
  'samples/_epoch_.json',
  'samples/x_epoch_-1.json',
  'samples/x_epoch_1.5.json',
  'samples/x_epoch_99999999999999999999.json',
  'samples/x_epoch_1.json/',
  'samples/x_epoch_1.json/sample.json',
  'samples/x_epoch_1/sample.json',
  'samples/x_epoch_1_epoch_2.json',
  'samples/__proto___epoch_1.json',
  'samples/constructor_epoch_1.json',
  'SAMPLES/x_epoch_1.json',
  'samples/\u001b[31mred\u001b[0m\nline_epoch_1.json',
  'samples/\u202Ereversed_epoch_1.json',
  `samples/${long}_epoch_1.json`,
  `samples/${'_epoch_1'.repeat(7000)}.json`,
  `samples/${'/'.repeat(60_000)}x_epoch_1.json`,
  '__proto__',
  '',
  '.',
]

/** Bytes that are no UTF-8. */
const noText = Buffer.concat([
  Buffer.from('samples/'),
  Buffer.from([0xff, 0xfe, 0xc0, 0x80]),
  Buffer.from('_epoch_1.json'),
])

/** Changes of the names of members. */
export const nameMutations: readonly Mutation[] = [
  {
    kind: 'names/trick',
    apply(fixture, random) {
      const { zip } = fixture.model
      if (!zip) return undefined
      const index = random.below(zip.members.length)
      const member = zip.members[index]!
      const name = random.below(20) === 0 ? noText : Buffer.from(pick(random, tricks))
      const renamed =
        random.below(4) === 0 ? { ...member, local: { ...member.local, name } } : withFields(member, { name })
      const { bytes } = writeZip({ ...zip, members: zip.members.with(index, renamed) })
      const note = `${nameOf(member)} is ${JSON.stringify(name.toString('utf8').slice(0, 100))}`
      return { note, files: target(fixture, bytes), damage: damageOf(fixture, nameOf(member)) }
    },
  },
  {
    kind: 'names/added',
    apply(fixture, random) {
      const { zip } = fixture.model
      if (!zip) return undefined
      const name = pick(random, tricks)
      const data = pick(random, ['{}', '', '{"id":"x","epoch":1}', 'null'])
      const { bytes } = writeZip({ ...zip, members: [...zip.members, newMember(name, data, 8)] })
      return { note: JSON.stringify(name.slice(0, 100)), files: target(fixture, bytes), damage: samples() }
    },
  },
  {
    kind: 'names/swapped',
    apply(fixture, random) {
      const { zip } = fixture.model
      if (!zip || zip.members.length < 2) return undefined
      const [a, b] = [random.below(zip.members.length), random.below(zip.members.length)]
      const [first, second] = [zip.members[a]!, zip.members[b]!]
      const members = zip.members
        .with(a, withFields(first, { name: second.central.name }))
        .with(b, withFields(second, { name: first.central.name }))
      const names = [nameOf(first), nameOf(second)]
      // Samples say themselves who they are, so among them nothing is lost.
      const isSafe = a === b || names.every((name) => name === `samples/${sampleOfMember(name)}.json`)
      const damage = isSafe ? samples() : both(damageOf(fixture, names[0]!), damageOf(fixture, names[1]!))
      return {
        note: names.join(' and '),
        files: target(fixture, writeZip({ ...zip, members }).bytes),
        damage,
      }
    },
  },
]
