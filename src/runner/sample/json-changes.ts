import { isDeepStrictEqual } from 'node:util'
import type { Json } from '../../inspect/records.ts'
import { isList } from '../to-list.ts'

/** A change as in a JSON patch, with what it replaces. */
export interface JsonChange {
  readonly op: 'add' | 'remove' | 'replace'
  readonly path: string
  readonly value?: Json
  readonly replaced?: Json
}

/**
 * What makes one value of another, in the order and the words of Inspect: lists are compared from their beginning, without
 * what both end with.
 */
export function jsonChanges(before: Json, after: Json, path = ''): JsonChange[] {
  if (isDeepStrictEqual(before, after)) return []
  if (isList(before) && isList(after)) return listChanges(before, after, path)
  if (isObject(before) && isObject(after)) return objectChanges(before, after, path)
  return [{ op: 'replace', path, value: after, replaced: before }]
}

function objectChanges(before: JsonObject, after: JsonObject, path: string): JsonChange[] {
  const [old, now] = [Object.keys(before), Object.keys(after)]
  return [
    ...old.filter((key) => !Object.hasOwn(after, key)).map((key) => ({ op: 'remove' as const, path: join(path, key) })),
    ...now
      .filter((key) => !Object.hasOwn(before, key))
      .map((key) => ({ op: 'add' as const, path: join(path, key), value: after[key] ?? null })),
    ...old
      .filter((key) => Object.hasOwn(after, key))
      .flatMap((key) => jsonChanges(before[key] ?? null, after[key] ?? null, join(path, key))),
  ]
}

function listChanges(before: readonly Json[], after: readonly Json[], path: string): JsonChange[] {
  let [old, now] = [before.length, after.length]
  while (old > 0 && now > 0 && isDeepStrictEqual(before[old - 1], after[now - 1])) {
    old -= 1
    now -= 1
  }
  const common = Math.min(old, now)
  return [
    ...before.slice(0, common).flatMap((item, index) => jsonChanges(item, after[index]!, join(path, index))),
    // Each removal moves the rest up.
    ...before.slice(common, old).map(() => ({ op: 'remove' as const, path: join(path, common) })),
    ...after
      .slice(common, now)
      .map((value, index) => ({ op: 'add' as const, path: join(path, common + index), value })),
  ]
}

type JsonObject = { readonly [key: string]: Json | undefined }

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function join(path: string, key: string | number): string {
  return `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}
