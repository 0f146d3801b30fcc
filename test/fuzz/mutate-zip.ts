import type { Random } from '../../bench/random.ts'
import type { Fixture } from './fixtures.ts'
import { sampleOfMember } from './log-model.ts'
import {
  damageOf,
  nothing,
  pick,
  samples,
  structure,
  target,
  type Damage,
  type Mutated,
  type Mutation,
} from './mutation.ts'
import {
  nameOf,
  newMember,
  withFields,
  writeZip,
  type HeaderFields,
  type ZipMember,
  type ZipModel,
} from './zip-model.ts'

type Edit = (
  zip: ZipModel,
  random: Random,
  fixture: Fixture,
) => { readonly note: string; readonly zip: ZipModel; readonly damage: Damage } | undefined

function zipMutation(what: string, edit: Edit): Mutation {
  return {
    kind: `zip/${what}`,
    apply(fixture, random): Mutated | undefined {
      const { zip } = fixture.model
      const edited = zip && edit(zip, random, fixture)
      return edited && { ...edited, files: target(fixture, writeZip(edited.zip).bytes) }
    },
  }
}

/** One member changed in one of its headers or in both. */
function memberMutation(what: string, change: (member: ZipMember, random: Random) => ZipMember): Mutation {
  return zipMutation(what, (zip, random, fixture) => {
    const index = random.below(zip.members.length)
    const member = zip.members[index]!
    const members = zip.members.with(index, change(member, random))
    return { note: nameOf(member), zip: { ...zip, members }, damage: damageOf(fixture, nameOf(member)) }
  })
}

const oddSizes = [0, 1, 7, 1000, 2 ** 20, 2 ** 28, 2 ** 29 - 25, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1]

/** A size that lies: a strange one, or a little beside the true one. */
function oddSize(random: Random, size: number): number {
  return random.below(2) === 0 ? pick(random, oddSizes) : Math.max(0, size + random.below(21) - 10)
}

function inSomeHeaders(member: ZipMember, fields: Partial<HeaderFields>, random: Random): ZipMember {
  const where = random.below(3)
  if (where === 0) return { ...member, central: { ...member.central, ...fields } }
  if (where === 1) return { ...member, local: { ...member.local, ...fields } }
  return withFields(member, fields)
}

/** Changes of how the ZIP is built, its members being as they were. */
export const zipMutations: readonly Mutation[] = [
  memberMutation('size', (member, random) =>
    inSomeHeaders(member, { size: oddSize(random, member.central.size) }, random),
  ),
  memberMutation('compressed-size', (member, random) =>
    inSomeHeaders(member, { compressedSize: oddSize(random, member.content.length) }, random),
  ),
  memberMutation('both-sizes', (member, random) =>
    inSomeHeaders(
      member,
      { size: pick(random, oddSizes), compressedSize: oddSize(random, member.content.length) },
      random,
    ),
  ),
  memberMutation('checksum', (member, random) => inSomeHeaders(member, { crc32: random.below(2 ** 32) }, random)),
  memberMutation('method', (member, random) =>
    inSomeHeaders(member, { method: pick(random, [0, 1, 8, 9, 12, 14, 20, 93, 95, 99, 0xffff]) }, random),
  ),
  memberMutation('flags', (member, random) =>
    inSomeHeaders(member, { flags: member.central.flags ^ (1 << random.below(16)) }, random),
  ),
  memberMutation('extra', (member, random) => inSomeHeaders(member, { extra: oddExtra(random) }, random)),
  memberMutation('saturated', (member, random) => {
    // Sends readers to the 64-bit extra field, which says something else or nothing.
    const fields = { size: 0xffffffff, compressedSize: 0xffffffff, extra: oddExtra(random) }
    return inSomeHeaders(member, random.below(2) === 0 ? fields : { size: 0xffffffff, extra: fields.extra }, random)
  }),
  memberMutation('member-comment', (member, random) => ({
    ...member,
    central: { ...member.central, comment: Buffer.alloc(random.below(65_535), 'PK\x05\x06') },
  })),
  zipMutation('offset', (zip, random, fixture) => {
    const index = random.below(zip.members.length)
    const member = zip.members[index]!
    const offset = pick(random, [0, 1, 30, 2 ** 31, 2 ** 32 - 1, random.below(20_000)])
    const members = zip.members.with(index, { ...member, central: { ...member.central, offset } })
    return {
      note: `${nameOf(member)} at ${offset}`,
      zip: { ...zip, members },
      damage: damageOf(fixture, nameOf(member)),
    }
  }),
  zipMutation('end', (zip, random) => {
    const field = pick(random, ['count', 'size', 'offset', 'disk'] as const)
    const value = pick(random, [0, 1, 2, 100, 0xfffe, 0xffff, 2 ** 31, 2 ** 32 - 1])
    return { note: `${field} ${value}`, zip: { ...zip, end: { [field]: value } }, damage: structure }
  }),
  zipMutation('comment', (zip, random) => {
    const comment = Buffer.alloc(random.below(65_536), pick(random, ['x', 'PK\x05\x06', 'PK\x01\x02', '\0']))
    return { note: `${comment.length}`, zip: { ...zip, end: { comment } }, damage: structure }
  }),
  zipMutation('comment-length', (zip, random) => {
    const end = { comment: Buffer.alloc(random.below(50)), commentLength: random.below(65_536) }
    return { note: `${end.commentLength}`, zip: { ...zip, end }, damage: structure }
  }),
  zipMutation('zip64-end', (zip, random) => {
    const odd = (): bigint => pick(random, [0n, 1n, 2n ** 31n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n])
    const field = pick(random, ['count', 'size', 'offset', 'locator', 'none'])
    const zip64 = field === 'none' ? {} : { [field]: odd() }
    const saturated = random.below(2) === 0 ? {} : { count: 0xffff, size: 0xffffffff, offset: 0xffffffff }
    const isTrue = field === 'none'
    return { note: field, zip: { ...zip, end: { zip64, ...saturated } }, damage: isTrue ? nothing : structure }
  }),
  zipMutation('order', (zip, random) => ({
    note: 'members in another order',
    zip: { ...zip, members: shuffled(zip.members, random) },
    damage: samples(),
  })),
  zipMutation('missing', (zip, random, fixture) => {
    const index = random.below(zip.members.length)
    const name = nameOf(zip.members[index]!)
    const members = zip.members.toSpliced(index, 1)
    return { note: name, zip: { ...zip, members }, damage: damageOf(fixture, name) }
  }),
  zipMutation('not-listed', (zip, random, fixture) => {
    const index = random.below(zip.members.length)
    const member = zip.members[index]!
    const members = zip.members.with(index, { ...member, only: 'body' as const })
    return { note: nameOf(member), zip: { ...zip, members }, damage: damageOf(fixture, nameOf(member)) }
  }),
  zipMutation('not-there', (zip, random, fixture) => {
    const index = random.below(zip.members.length)
    const member = zip.members[index]!
    const members = zip.members.with(index, { ...member, only: 'directory' as const })
    return { note: nameOf(member), zip: { ...zip, members }, damage: damageOf(fixture, nameOf(member)) }
  }),
  zipMutation('twice', (zip, random, fixture) => {
    const member = pick(random, zip.members)
    const other = random.below(2) === 0 ? member : newMember(nameOf(member), '{}', 93)
    const last = random.below(2) === 0
    const members = last ? [...zip.members, other] : [other, ...zip.members]
    // Of members with the same name the last one counts.
    const damage = last && other !== member ? damageOf(fixture, nameOf(member)) : samples()
    return { note: `${nameOf(member)}, ${last ? 'last' : 'first'}`, zip: { ...zip, members }, damage }
  }),
  zipMutation('many', (zip, random) => {
    const count = pick(random, [100, 5000, 70_000])
    const extra = Array.from({ length: count }, (_, index) => newMember(`other/${index}`, '', 0))
    const members = [...zip.members, ...extra]
    const end = members.length > 65_534 ? { zip64: {}, count: 0xffff } : {}
    return { note: `${count}`, zip: { members, end }, damage: nothing }
  }),
  zipMutation('overlap', (zip, random, fixture) => {
    // A thousand members that are one and the same place in the file.
    const at = zip.members.findIndex((member) => nameOf(member) === `samples/${sampleOfMember(nameOf(member))}.json`)
    const member = zip.members[at]
    if (!member) return undefined
    const offset = writeZip(zip).regions[at]!.start
    const others = Array.from({ length: 1 + random.below(200) }, (_, index): ZipMember => {
      const name = Buffer.from(`samples/again-${index}_epoch_1.json`)
      return { ...member, only: 'directory', central: { ...member.central, name, offset } }
    })
    const damage = damageOf(fixture, nameOf(member))
    return {
      note: `${others.length} of ${nameOf(member)}`,
      zip: { ...zip, members: [...zip.members, ...others] },
      damage,
    }
  }),
]

function oddExtra(random: Random): Buffer {
  const extra = Buffer.alloc(pick(random, [0, 1, 3, 4, 8, 12, 20, 28, 32, 1000]))
  if (extra.length >= 4) {
    extra.writeUInt16LE(pick(random, [1, 0x7075, 0x5455, 0x9901]), 0)
    extra.writeUInt16LE(random.below(2) === 0 ? extra.length - 4 : random.below(65_536), 2)
  }
  for (let at = 4; at < extra.length; at += 1) extra[at] = pick(random, [0, 1, 0x7f, 0xff])
  return extra
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const rest = [...items]
  return items.map(() => rest.splice(random.below(rest.length), 1)[0]!)
}
