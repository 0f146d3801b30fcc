import { isDeepStrictEqual } from 'node:util'
import { attributesOf } from '../receiver/received.ts'
import type { Arrivals, ArrivedSpan } from './arrivals.ts'

/** Something that a backend was told in one way live, and in another by a replay. */
export interface ArrivalDifference {
  /** `twice`: it came live more than once. */
  readonly kind: 'missing' | 'extra' | 'different' | 'twice'
  readonly of: 'span' | 'record' | 'total'
  /** Of a span its name, of a total its instrument. */
  readonly name: string
  /** What it is known by. */
  readonly key: string
  /** What of it is different: fields, and attributes by `attributes.NAME`. */
  readonly paths: readonly string[]
  readonly live?: Fields | undefined
  readonly replayed?: Fields | undefined
}

export type Fields = Readonly<Record<string, unknown>>

type Keyed = ReadonlyMap<string, { readonly name: string; readonly fields: Fields }>

/** All differences between what a backend was told live and what another one was told by a replay. */
export function arrivalDifferences(live: Arrivals, replayed: Arrivals): ArrivalDifference[] {
  return [
    ...twice(live),
    ...compare('span', spansOf(live), spansOf(replayed)),
    ...compare('record', recordsOf(live), recordsOf(replayed)),
    ...compare('total', totalsOf(live), totalsOf(replayed)),
  ]
}

function twice({ spans }: Arrivals): ArrivalDifference[] {
  const byKey = Map.groupBy(spans, ({ key }) => key)
  const [again] = [[...byKey.values()].filter(({ length }) => length > 1)]
  return again.map(([span]) => ({ kind: 'twice', of: 'span', name: span!.name, key: span!.key, paths: [] }))
}

function compare(of: ArrivalDifference['of'], live: Keyed, replayed: Keyed): ArrivalDifference[] {
  return [...new Set([...live.keys(), ...replayed.keys()])].flatMap((key) => {
    const [ours, theirs] = [live.get(key), replayed.get(key)]
    const paths = ours && theirs ? differentPaths(ours.fields, theirs.fields) : []
    if (ours && theirs && paths.length === 0) return []
    const kind = !ours ? 'missing' : !theirs ? 'extra' : 'different'
    return { kind, of, name: (ours ?? theirs)!.name, key, paths, live: ours?.fields, replayed: theirs?.fields }
  })
}

function differentPaths(live: Fields, replayed: Fields): string[] {
  const names = new Set([...Object.keys(live), ...Object.keys(replayed)])
  return [...names].filter((name) => !isDeepStrictEqual(live[name], replayed[name])).toSorted()
}

function spansOf({ spans }: Arrivals): Keyed {
  return new Map(spans.map((span) => [span.key, { name: span.name, fields: fieldsOf(span.content) }]))
}

/** Of one span and scorer there are several where a score was given more than once. */
function recordsOf({ records }: Arrivals): Keyed {
  const keyed = new Map<string, { name: string; fields: Fields }>()
  for (const record of records) {
    const fields = fieldsOf(record)
    const name = String(fields['attributes.gen_ai.evaluation.name'] ?? fields['eventName'])
    const key = `${String(fields['traceId'])}/${String(fields['spanId'])} ${name} ${String(fields['timeUnixNano'])}`
    let number = 1
    while (keyed.has(`${key} ${number}`)) number += 1
    keyed.set(`${key} ${number}`, { name, fields })
  }
  return keyed
}

function totalsOf({ all: { totals } }: Arrivals): Keyed {
  return new Map(
    Object.entries(totals)
      .filter(isOfEvals)
      .map(([key, value]) => [key, { name: key.replace(/ .*/s, ''), fields: { value } }]),
  )
}

/** How many events the mapping was given depends on how they came. */
function isOfEvals([key]: readonly [string, string]): boolean {
  return !key.startsWith('eval.bridge.event ')
}

function fieldsOf(part: object): Fields {
  // When it was seen here depends on how it came.
  const {
    attributes: _,
    observedTimeUnixNano: __,
    ...fields
  } = part as ArrivedSpan['content'] & {
    attributes?: unknown
    observedTimeUnixNano?: unknown
  }
  const attributes = Object.entries(attributesOf(part as Record<string, unknown>))
  return { ...fields, ...Object.fromEntries(attributes.map(([name, value]) => [`attributes.${name}`, value])) }
}
