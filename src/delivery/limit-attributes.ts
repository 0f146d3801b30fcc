import type { Attributes as OtelAttributes } from '@opentelemetry/api'
import type { Attributes, AttributeValue } from './item.ts'

/**
 * Attributes as they may leave: the first so many of them, texts cut. A number that is none is left out and counted,
 * because one `null` where a number belongs makes servers refuse the whole batch.
 */
export function limitAttributes(
  attributes: Attributes,
  { count, valueLength }: { readonly count: number; readonly valueLength: number },
): { readonly attributes: OtelAttributes; readonly dropped: number } {
  const limited: OtelAttributes = {}
  let kept = 0
  let dropped = 0
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null) continue
    const fit = kept < count && name !== '' ? limitValue(value, valueLength) : undefined
    if (fit === undefined) dropped += 1
    else {
      limited[name.toWellFormed()] = fit
      kept += 1
    }
  }
  return { attributes: limited, dropped }
}

function limitValue(value: AttributeValue, length: number): AttributeValue | undefined {
  if (typeof value === 'string') return cut(value, length)
  if (typeof value === 'number') return limitNumber(value)
  if (typeof value === 'boolean') return value
  const values = (value as readonly (string | number | boolean)[]).map((each) => limitValue(each, length))
  return values.includes(undefined) ? undefined : (values as AttributeValue)
}

/** Whole numbers are sent as 64-bit integers; one that does not fit is written out. */
function limitNumber(value: number): number | string | undefined {
  if (!Number.isFinite(value)) return undefined
  return Number.isInteger(value) && Math.abs(value) >= 2 ** 63 ? String(value) : value
}

function cut(text: string, length: number): string {
  return (text.length > length ? text.slice(0, length) : text).toWellFormed()
}
