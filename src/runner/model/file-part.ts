import type { FileData, PromptPart } from './language-model.ts'
import type { Media } from './media.ts'

/** A file in a message, in the form of the specification. */
export function filePart({ mediaType, data, filename }: Media, specification: string): PromptPart {
  return {
    type: 'file',
    mediaType,
    data: fileData(data, specification),
    ...(filename === undefined || filename === '' ? {} : { filename }),
  }
}

/** A file in the result of a tool, for which each specification has a form of its own. */
export function resultFilePart(media: Media, specification: string): PromptPart {
  if (specification === 'v4') return filePart(media, specification)
  const { mediaType, data } = media
  if (specification === 'v2') return { type: 'media', data: String(data), mediaType }
  const kind = mediaType.startsWith('image/') ? 'image' : 'file'
  return typeof data === 'string' ? { type: `${kind}-data`, data, mediaType } : { type: `${kind}-url`, url: data.href }
}

function fileData(data: string | URL, specification: string): FileData {
  if (specification !== 'v4') return data
  return typeof data === 'string' ? { type: 'data', data } : { type: 'url', url: data }
}
