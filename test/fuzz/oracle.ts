import { parse } from '../../src/inspect/json.ts'
import { migrateHeader } from '../../src/inspect/migrate.ts'
import type { Fixture } from './fixtures.ts'
import type { Damage } from './mutation.ts'
import { canary } from './raw-values.ts'
import type { Replayed, ReplayedSample } from './replay-log.ts'

export interface Verdict {
  /** What must not be; empty when the run passed. */
  readonly failures: readonly string[]
  readonly outcome: 'as before' | 'problem told' | 'other items'
  /** Of the samples that the undamaged log gives: how many were there again, and how many as they were. */
  readonly expected: number
  readonly kept: number
  readonly exact: number
}

interface Run {
  readonly folder: string
  readonly fixture: Fixture
  readonly damage: Damage
  /** Checksums give away whatever was changed in content. */
  readonly isDetectable: boolean
  readonly baseline: Replayed
  readonly replayed: Replayed
  /** Texts of the log's content. */
  readonly content: readonly string[]
}

/** Longer than any path and member name that somebody gave on purpose. */
const longestMessage = 2000

/** Judges what came of a damaged log. */
export function judge({ folder, fixture, damage, isDetectable, baseline, replayed, content }: Run): Verdict {
  const failures = [...replayed.faults, ...messageFaults(folder, replayed, content)]
  const expected = [...baseline.samples].filter(
    ([trace, sample]) =>
      isComparable(sample, fixture, baseline, damage) &&
      // Another attempt at the task has the sample too.
      (replayed.samples.get(trace)?.evalId ?? sample.evalId) === sample.evalId,
  )
  const exact = expected.filter(([trace, { digest }]) => replayed.samples.get(trace)?.digest === digest)
  const kept = expected.filter(([trace]) => replayed.samples.has(trace))
  const messages = replayed.problems.map(({ message }) => message.replaceAll(folder, ''))
  const news = messages.length - baseline.problems.length
  const fail = (text: string): void => void failures.push(text)

  if (damage.to === 'nothing') {
    for (const [, { key }] of without(expected, exact)) fail(`sample ${key} changed`)
    if (replayed.samples.size !== baseline.samples.size) fail(`${replayed.samples.size} samples`)
    if (news !== 0) fail(`a problem is told: ${messages.at(-1)}`)
  } else if (damage.to === 'samples') {
    for (const [trace, { evalId, key }] of without(expected, exact)) {
      const isTouched = isOfTarget(evalId, fixture) && damage.samples.includes(key)
      const isThere = replayed.samples.has(trace) || isThereAnew(evalId, baseline, replayed)
      if (isSuperseded(trace, evalId, key, replayed)) continue
      // Where its epoch was damaged it may be taken for another epoch of the same sample, of which the last one counts.
      const hasOthers = [...baseline.samples.values()].some(
        (other) => other.key !== key && idOf(other) === idOf({ key }),
      )
      if (isTouched && hasOthers && !replayed.samples.has(trace)) continue
      if (!isTouched) fail(`sample ${key} was not touched and ${replayed.samples.has(trace) ? 'changed' : 'is lost'}`)
      else if (!isThere && !isTold(key, fixture, replayed, messages)) fail(`sample ${key} is lost and nothing names it`)
    }
  } else if (damage.to === 'structure') {
    for (const key of damage.whole ?? []) {
      if (without(expected, kept).some(([, sample]) => sample.key === key && isOfTarget(sample.evalId, fixture)))
        fail(`sample ${key} is whole and lost`)
    }
    for (const [trace, { evalId, key }] of without(expected, exact)) {
      const mayChange = isOfTarget(evalId, fixture) && damage.samples.includes(key)
      // Two of them may have become one.
      const isThere =
        replayed.samples.has(trace) ||
        isThereAnew(evalId, baseline, replayed) ||
        damage.samples.some((other) => other !== key && isChanged(other, baseline, replayed))
      if ((mayChange && isThere) || isSuperseded(trace, evalId, key, replayed)) continue
      if (replayed.samples.has(trace)) fail(`sample ${key} changed`)
      else if (news <= 0) fail(`sample ${key} is lost and nothing is told`)
    }
  } else if (replayed.samples.size < baseline.samples.size && replayed.reused <= baseline.reused && news <= 0) {
    fail(`${baseline.samples.size - replayed.samples.size} samples are lost and nothing is told`)
  }
  if (isDetectable && news <= 0) {
    for (const [trace, { key }] of without(expected, exact)) {
      if (replayed.samples.has(trace)) fail(`sample ${key} changed and nothing is told`)
    }
  }
  const isSame = news === 0 && exact.length === expected.length
  return {
    failures,
    outcome: news > 0 ? 'problem told' : isSame ? 'as before' : 'other items',
    expected: expected.length,
    kept: kept.length,
    exact: exact.length,
  }
}

function without<T>(all: readonly T[], some: readonly T[]): T[] {
  return all.filter((each) => !some.includes(each))
}

/** Logs of the same task know each other, and of another attempt at it more may come out when one is damaged. */
function isComparable({ evalId }: ReplayedSample, fixture: Fixture, baseline: Replayed, damage: Damage): boolean {
  if (isOfTarget(evalId, fixture)) return damage.to !== 'header'
  const ownTask = baseline.tasks.get(evalIdOf(fixture) ?? '')?.taskId
  return ownTask === undefined || baseline.tasks.get(evalId)?.taskId !== ownTask
}

function isOfTarget(evalId: string, fixture: Fixture): boolean {
  return fixture.input === fixture.target || fixture.target.endsWith('.db') || evalIdOf(fixture) === evalId
}

/** Undefined for a buffer, which is of no finished sample. */
function evalIdOf({ model, target }: Fixture): string | undefined {
  const part = target.startsWith('.') ? undefined : model.parts.find(({ role }) => role === 'header')
  return part && migrateHeader(parse(part.text)).header.eval.eval_id
}

function idOf({ key }: { readonly key: string }): string {
  return key.slice(0, key.lastIndexOf('_epoch_'))
}

/** Under another id, since it was the id that was damaged. */
function isThereAnew(evalId: string, baseline: Replayed, { samples }: Replayed): boolean {
  return [...samples].some(([trace, sample]) => !baseline.samples.has(trace) && sample.evalId === evalId)
}

function isChanged(key: string, baseline: Replayed, replayed: Replayed): boolean {
  return [...baseline.samples].some(
    ([trace, sample]) =>
      sample.key === key && ![undefined, sample.digest].includes(replayed.samples.get(trace)?.digest),
  )
}

/** Another sample took its id; the last one counts. */
function isSuperseded(trace: string, evalId: string, key: string, { samples }: Replayed): boolean {
  if (samples.has(trace)) return false
  return [...samples.values()].some((sample) => sample.evalId === evalId && sample.key === key)
}

/** The message names the sample's place: its member, its number in the list, or itself. */
function isTold(key: string, fixture: Fixture, { reused }: Replayed, messages: readonly string[]): boolean {
  const [id] = key.split('_epoch_')
  return (
    reused > 0 ||
    messages.some(
      (message) =>
        message.includes(fixture.target) &&
        (message.includes(`samples/${key}`) || /samples\[\d+\]/.test(message) || message.includes(`sample ${id}`)),
    )
  )
}

function messageFaults(folder: string, { problems }: Replayed, content: readonly string[]): string[] {
  return problems.flatMap(({ code, message }) => {
    const text = message.replaceAll(folder, '')
    if (code !== 'BAD_LOG') return [`a problem has the code ${code}: ${text.slice(0, 300)}`]
    if (!message.includes(folder)) return [`a problem names no file: ${text.slice(0, 300)}`]
    // Of a record of an event log its hook, time and host are shown, which are no content.
    if (/a record of an event cannot be read: /.test(text)) return []
    if (text.length > longestMessage) return [`a message has ${text.length} characters: ${text.slice(0, 300)}…`]
    const shown = text.includes(canary) ? canary : content.find((part) => text.includes(part))
    return shown === undefined ? [] : [`a message shows content, ${JSON.stringify(shown)}: ${text.slice(0, 300)}`]
  })
}

/** Texts of the log that nobody is to see in a message: long enough not to be there by chance. */
export function contentOf({ model }: Fixture): string[] {
  const found = new Set<string>()
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [name, part] of Object.entries(value)) {
      if (typeof part !== 'string') visit(part)
      else if (contentFields.has(name) && part.length >= 12 && part.length < 10_000) found.add(part)
    }
  }
  for (const part of model.parts) {
    if (part.role !== 'sample') continue
    try {
      visit(JSON.parse(part.text))
    } catch {
      // In Inspect's dialect; there are others.
    }
  }
  return [...found]
}

const contentFields = new Set([
  'content',
  'text',
  'input',
  'target',
  'completion',
  'answer',
  'explanation',
  'result',
  'cmd',
])

export function describeDamage(damage: Damage): string {
  if (damage.to === 'nothing' || damage.to === 'header') return damage.to
  return damage.to === 'samples'
    ? `samples ${damage.samples.join(', ') || 'none'}`
    : `structure ${damage.samples.join(', ')}`
}
