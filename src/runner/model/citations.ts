import type { Json } from '../../inspect/records.ts'
import type { Content } from './media.ts'
import type { Citation, ResultPart } from './language-model.ts'

/** What a text refers to, as Inspect has it. */
export function fromCitation({ source, citedText, startIndex, endIndex }: Citation): Json {
  const place = startIndex !== undefined && endIndex !== undefined ? [startIndex, endIndex] : undefined
  const cited = citedText ?? place
  return { ...(cited === undefined ? {} : { cited_text: cited }), ...fromSource(source) }
}

/**
 * Hangs sources, which the SDK lists beside the text, on the last text: Inspect has no other place for them. Those that it
 * cites already are not repeated. False when there is no text.
 */
export function addSources(content: Content[], sources: readonly ResultPart[]): boolean {
  const index = content.findLastIndex(({ type }) => type === 'text')
  const text = content[index]
  if (!text) return false
  const known = new Set(content.flatMap(({ citations }) => (Array.isArray(citations) ? citations.map(keyOf) : [])))
  const fresh = sources.map(fromSource).filter((citation) => !known.has(keyOf(citation)))
  const present = Array.isArray(text['citations']) ? (text['citations'] as Json[]) : []
  if (fresh.length > 0) content[index] = { ...text, citations: [...present, ...fresh] }
  return true
}

function fromSource({ sourceType, title, url }: ResultPart): { readonly [field: string]: Json } {
  const named: { readonly title?: string } = title === undefined ? {} : { title }
  return sourceType === 'url' && url !== undefined ? { ...named, type: 'url', url } : { ...named, type: 'document' }
}

function keyOf(citation: unknown): string {
  const { type, title, url } = citation as { readonly [field: string]: Json }
  return JSON.stringify([type, url ?? title])
}
