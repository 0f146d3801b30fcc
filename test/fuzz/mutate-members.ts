import { zstdCompressSync } from 'node:zlib'
import type { Random } from '../../bench/random.ts'
import { bomb, type BombText } from './bomb.ts'
import type { Fixture } from './fixtures.ts'
import { damageOf, nothing, pick, samples, target, type Damage, type Mutation } from './mutation.ts'
import { dataOf, nameOf, newMember, withFields, writeZip, type ZipMember } from './zip-model.ts'

interface Edited {
  readonly note: string
  readonly member: ZipMember
  readonly harmless?: boolean
  readonly expands?: number
}

/** A member with another content in its place. */
function contentMutation(what: string, edit: (member: ZipMember, random: Random) => Edited | undefined): Mutation {
  return {
    kind: `member/${what}`,
    apply(fixture, random) {
      const { zip } = fixture.model
      if (!zip) return undefined
      const index = random.below(zip.members.length)
      const member = zip.members[index]!
      const edited = edit(member, random)
      if (!edited) return undefined
      const { bytes } = writeZip({ ...zip, members: zip.members.with(index, edited.member) })
      const damage = edited.harmless ? nothing : damageOf(fixture, nameOf(member))
      const { note, expands = 0 } = edited
      return { note: `${nameOf(member)}: ${note}`, files: target(fixture, bytes), damage, expands }
    },
  }
}

/** Changes of what members hold, compressed; their headers are right about the sizes. */
export const memberMutations: readonly Mutation[] = [
  contentMutation('stream', (member, random) => {
    const content = Buffer.from(member.content)
    if (content.length === 0) return undefined
    const at = random.below(2) === 0 ? random.below(Math.min(20, content.length)) : random.below(content.length)
    content[at]! ^= 1 + random.below(255)
    return { note: `byte ${at}`, member: { ...member, content } }
  }),
  contentMutation('cut', (member, random) => {
    const content = member.content.subarray(0, random.below(member.content.length + 1))
    return { note: `at ${content.length}`, member: resized(member, content) }
  }),
  contentMutation('trailing', (member, random) => {
    const more = Buffer.alloc(1 + random.below(100), pick(random, [0, 0xff, 0x50, 0x28]))
    return { note: `${more.length}`, member: resized(member, Buffer.concat([member.content, more])) }
  }),
  contentMutation('frames', (member, random) => {
    const data = dataOf(member)
    const count = 2 + random.below(5)
    const length = Math.max(1, Math.ceil(data.length / count))
    const frames = Array.from({ length: count }, (_, index) =>
      zstdCompressSync(data.subarray(index * length, (index + 1) * length)),
    )
    const whole = resized(withFields(member, { method: 93 }), Buffer.concat(frames))
    if (random.below(2) === 0) return { note: `${count} frames`, member: whole, harmless: true }
    return { note: 'a frame is missing', member: resized(whole, Buffer.concat(frames.slice(1))) }
  }),
  contentMutation('skippable-frame', (member, random) => {
    if (member.central.method !== 93) return undefined
    const frame = Buffer.alloc(8 + random.below(20))
    frame.writeUInt32LE(0x184d2a50, 0)
    frame.writeUInt32LE(random.below(2) === 0 ? frame.length - 8 : 2 ** 32 - 1, 4)
    const content = random.below(2) === 0 ? [frame, member.content] : [member.content, frame]
    return { note: 'beside the data', member: resized(member, Buffer.concat(content)) }
  }),
  contentMutation('method', (member, random) => {
    const method = pick(random, [0, 8, 93])
    return { note: `${method}`, member: newMember(nameOf(member), dataOf(member), method), harmless: true }
  }),
  contentMutation('wrong-stream', (member, random) => {
    const method = pick(random, [0, 8, 93])
    return { note: `${method}`, member: withFields(member, { method }) }
  }),
  contentMutation('bomb', (member, random) => {
    const text = pick(random, bombTexts)(nameOf(member), random)
    const claimed = random.below(3) === 0 ? undefined : pick(random, [10, 1000, 2 ** 20, 2 ** 26, 2 ** 29, 2 ** 32 - 1])
    const method = pick(random, [8, 93] as const)
    const note = `${text.mebibytes} MiB of ${text.filling}, said to be ${claimed ?? 'that'}, method ${method}`
    const isText = text.end !== '' && claimed === undefined
    return { note, member: bomb(nameOf(member), text, method, claimed), expands: isText ? text.mebibytes * 2 ** 20 : 0 }
  }),
  {
    kind: 'member/extra',
    apply(fixture, random) {
      const { zip } = fixture.model
      if (!zip) return undefined
      const { name, data, damage } = pick(random, extras)(fixture)
      const member = newMember(name, data, pick(random, [0, 8, 93]))
      const members = random.below(2) === 0 ? [member, ...zip.members] : [...zip.members, member]
      return { note: name, files: target(fixture, writeZip({ ...zip, members }).bytes), damage }
    },
  },
]

function resized(member: ZipMember, content: Buffer): ZipMember {
  return { ...withFields(member, { compressedSize: content.length }), content }
}

const bombSizes = [16, 64, 256, 600, 2000]

function bombText(start: string, filling: string, end: string): (name: string, random: Random) => BombText {
  return (name, random) => {
    const [, id = '1', epoch = '1'] = /^samples\/(.*)_epoch_(\d+)/s.exec(name) ?? []
    const mebibytes = pick(random, bombSizes)
    const opening = start === '' ? '' : `{"id":${JSON.stringify(id)},"epoch":${epoch},${start}`
    return { start: opening, filling, end, mebibytes }
  }
}

const bombTexts = [
  bombText('', '\0', ''),
  bombText('', ' ', ''),
  bombText('', '[', ''),
  bombText('', '{"a":', ''),
  bombText('"metadata":{"x":"', 'x', '"}}'),
  bombText('"events":[', '{}, ', '{}]}'),
  bombText('"store":{"x":[', '[], ', '0]}}'),
  bombText('"store":{"x":[', '0,', '0]}}'),
]

/** Members that no log has, or not in that place. */
const extras: readonly ((fixture: Fixture) => { name: string; data: string; damage: Damage })[] = [
  () => ({ name: 'notes.txt', data: 'hello', damage: nothing }),
  () => ({ name: 'samples/', data: '', damage: nothing }),
  () => ({ name: '__MACOSX/samples/._1_epoch_1.json', data: 'x', damage: nothing }),
  () => ({ name: 'samples/new_epoch_1.json', data: '{', damage: samples() }),
  () => ({ name: 'samples/new_epoch_1.json', data: '', damage: samples() }),
  () => ({ name: 'samples/new_epoch_1/sample.json', data: '{}', damage: samples() }),
  () => ({ name: 'samples/new_epoch_1/events/0.json', data: '[', damage: samples() }),
  () => ({ name: '_journal/summaries/99.json', data: '[{"id":"x","epoch":1}]', damage: samples() }),
  () => ({ name: '_journal/config_updates/1.json', data: '7', damage: samples() }),
]
