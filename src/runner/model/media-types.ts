const byExtension: { readonly [extension: string]: string } = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  mpeg: 'video/mpeg',
  mpg: 'video/mpeg',
  mov: 'video/quicktime',
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
}

/** What the name of a file says of its kind. */
export function mediaTypeOf(path: string): string | undefined {
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase()
  return extension === undefined || !Object.hasOwn(byExtension, extension) ? undefined : byExtension[extension]
}

/** Of Inspect's `format` of audio and video: `mp3`, `wav`, `mp4`, `mpeg`, `mov`. */
export function formatOf(mediaType: string, formats: readonly string[]): string | undefined {
  return formats.find((format) => byExtension[format] === mediaType || mediaType.endsWith(`/${format}`))
}
