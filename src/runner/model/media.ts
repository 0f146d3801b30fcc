import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../../errors.ts'
import { isObject } from '../../hooks/is-object.ts'
import type { ChatMessage } from '../../inspect/records.ts'
import { badOption } from '../options/bad-option.ts'
import { parseDataUri } from './data-uri.ts'
import type { LanguageModel } from './language-model.ts'
import { mediaTypeOf } from './media-types.ts'

export type Content = Exclude<ChatMessage['content'], string>[number]

/** An image, a sound, a film or a document, ready to be sent: base64, or a URL that the provider gets by itself. */
export interface Media {
  readonly mediaType: string
  readonly data: string | URL
  readonly filename?: string | undefined
}

export interface MediaOptions {
  readonly model: LanguageModel
  readonly abortSignal: AbortSignal
  /** No URL will do. */
  readonly inline?: boolean | undefined
}

const kinds: ReadonlySet<string> = new Set(['image', 'audio', 'video', 'document'])

export function isMedia({ type }: Content): boolean {
  return kinds.has(type)
}

/** Reads what a message only names: a file, or a URL that this model cannot get by itself. */
export async function loadMedia(
  content: Content,
  { model, abortSignal, inline = false }: MediaOptions,
): Promise<Media> {
  const source = content[content.type]
  if (typeof source !== 'string') throw badOption(`an ${content.type} of a message is no text but ${typeof source}`)
  const filename = typeof content['filename'] === 'string' ? content['filename'] : undefined
  const stated = statedType(content)
  const held = parseDataUri(source)
  if (held) return { mediaType: stated ?? held.mediaType, data: held.base64, filename }
  const guessed = stated ?? mediaTypeOf(source.replace(/[?#].*$/, '')) ?? anyOf(content.type)
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(source) || source.startsWith('file://')) {
    return { mediaType: guessed, data: await readBase64(source, content.type), filename }
  }
  const url = new URL(source)
  if (!inline && (await gets(model, guessed, url))) return { mediaType: guessed, data: url, filename }
  const { mediaType, base64 } = await download(url, abortSignal)
  return { mediaType: stated ?? mediaType ?? guessed, data: base64, filename }
}

function statedType({ type, format, mime_type: mimeType }: Content): string | undefined {
  if (typeof mimeType === 'string' && mimeType !== '') return mimeType
  return (type === 'audio' || type === 'video') && typeof format === 'string' ? mediaTypeOf(`.${format}`) : undefined
}

function anyOf(type: string): string {
  return type === 'document' ? 'application/octet-stream' : `${type}/*`
}

async function readBase64(source: string, type: string): Promise<string> {
  const path = source.startsWith('file://') ? fileURLToPath(source) : source
  try {
    return await readFile(path, 'base64')
  } catch (error) {
    throw badOption(
      `the ${type} '${path.slice(0, 200)}' of a message cannot be read (${messageOf(error)}): name a file, a URL or a data URI`,
      error,
    )
  }
}

/** Whether the provider gets such a URL by itself, which its model declares as patterns by media type. */
async function gets(model: LanguageModel, mediaType: string, url: URL): Promise<boolean> {
  const declared: unknown = 'supportedUrls' in model ? await model.supportedUrls : undefined
  if (!isObject(declared)) return false
  return Object.entries(declared).some(
    ([types, patterns]) =>
      covers(types, mediaType) &&
      Array.isArray(patterns) &&
      patterns.some((pattern: unknown) => pattern instanceof RegExp && url.href.search(pattern) >= 0),
  )
}

/** `*`, `image/*` or a type itself. */
function covers(types: string, mediaType: string): boolean {
  const prefix = types.replace(/\*(\/\*)?$/, '')
  return prefix === types ? types === mediaType : mediaType.startsWith(prefix)
}

async function download(
  url: URL,
  abortSignal: AbortSignal,
): Promise<{ mediaType: string | undefined; base64: string }> {
  const response = await fetch(url, { signal: abortSignal })
  if (!response.ok) {
    await response.body?.cancel()
    throw Object.assign(
      new Error(`${url.origin}${url.pathname} of a message cannot be fetched: HTTP ${response.status}`),
      {
        status: response.status,
      },
    )
  }
  const mediaType = response.headers.get('content-type')?.split(';')[0]?.trim()
  return {
    mediaType: mediaType === '' ? undefined : mediaType,
    base64: Buffer.from(await response.arrayBuffer()).toString('base64'),
  }
}
