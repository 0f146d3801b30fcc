import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The scheme of a URL, in lower case; undefined for what lies on the disk, `C:\logs` and `file://` included. */
export function schemeOf(path: string): string | undefined {
  const [, scheme] = /^([a-z][a-z\d+.-]+):\/\//i.exec(path) ?? []
  return scheme === undefined || scheme.toLowerCase() === 'file' ? undefined : scheme.toLowerCase()
}

/** On the disk the absolute path; a URL as it is. */
export function fullPath(path: string): string {
  return schemeOf(path) === undefined ? resolve(localPath(path)) : path
}

/** Takes a `file://` URL as well. */
export function localPath(path: string): string {
  return /^file:\/\//i.test(path) ? fileURLToPath(path) : path
}

/** The folder of a file. Of a URL without what may be secret in it. */
export function folderOf(path: string): string {
  if (schemeOf(path) === undefined) return dirname(path)
  const [, start = '', rest = ''] = /^([^/]*\/\/)(.*)$/s.exec(path) ?? []
  const place = /^https?:/i.test(start) ? rest.replace(/[?#].*$/s, '').replace(/^[^/]*@/, '') : rest
  return `${start}${place.includes('/') ? place.slice(0, place.lastIndexOf('/')) : place}`
}
