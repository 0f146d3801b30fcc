import { isObject } from '../../hooks/is-object.ts'
import { toDataUri } from './data-uri.ts'
import type { Content } from './media.ts'
import { formatOf } from './media-types.ts'

/**
 * A file as Inspect has it in messages, by its media type. `data` is base64, bytes or a URL, since `v4` of the SDK in an
 * object that says which; undefined for anything else.
 */
export function fileContent(mediaType: string, data: unknown, filename?: string): Content | undefined {
  const source = sourceOf(mediaType, data)
  if (source === undefined) return undefined
  if (/^image(\/|$)/.test(mediaType)) return { type: 'image', image: source, detail: 'auto' }
  const audio = formatOf(mediaType, ['wav', 'mp3'])
  if (audio !== undefined) return { type: 'audio', audio: source, format: audio }
  const video = formatOf(mediaType, ['mp4', 'mpeg', 'mov'])
  if (video !== undefined) return { type: 'video', video: source, format: video }
  return {
    type: 'document',
    document: source,
    filename: filename ?? `document.${mediaType.split('/').at(-1)}`,
    mime_type: mediaType,
    citations: false,
  }
}

function sourceOf(mediaType: string, data: unknown): string | undefined {
  if (data instanceof URL) return data.href
  if (isObject(data) && (data['type'] === 'data' || data['type'] === 'url'))
    return sourceOf(mediaType, data['data'] ?? data['url'])
  if (isObject(data) && data['type'] === 'text' && typeof data['text'] === 'string') {
    return toDataUri(mediaType, Buffer.from(data['text'], 'utf8'))
  }
  return toDataUri(mediaType, data)
}
