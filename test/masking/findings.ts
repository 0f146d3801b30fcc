import { cpSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Which of the texts the bytes hold, in any form that a file, a request or a log may have them in. */
export function findIn(bytes: Uint8Array | string, texts: readonly string[]): string[] {
  const all = Buffer.from(bytes as string)
  return texts.flatMap((text) =>
    formsOf(text)
      .filter(([, form]) => all.includes(form))
      .map(([name]) => `${text} (${name})`),
  )
}

function formsOf(text: string): [name: string, form: Buffer][] {
  const json = JSON.stringify(text).slice(1, -1)
  const jsonTwice = JSON.stringify(json).slice(1, -1)
  const ascii = json.replace(
    /[\u0080-\uFFFF]/g,
    (unit) => String.raw`\u` + unit.charCodeAt(0).toString(16).padStart(4, '0'),
  )
  const forms: [string, Buffer][] = [
    ['plain', Buffer.from(text)],
    ['Latin-1', Buffer.from(text, 'latin1')],
    ['JSON', Buffer.from(json)],
    ['JSON in JSON', Buffer.from(jsonTwice)],
    ['JSON in ASCII', Buffer.from(ascii)],
    ['JSON with escaped slashes', Buffer.from(json.replaceAll('/', String.raw`\/`))],
    ['percent-encoded', Buffer.from(encodeURIComponent(text))],
    ['hexadecimal', Buffer.from(Buffer.from(text).toString('hex'))],
    ...[text, json].flatMap((each): [string, Buffer][] => [
      ['UTF-16', Buffer.from(each, 'utf16le')],
      ['UTF-16, big-endian', Buffer.from(each, 'utf16le').swap16()],
    ]),
  ]
  return [...forms, ...base64Forms('Base64', Buffer.from(text)), ...base64Forms('Base64 of JSON', Buffer.from(json))]
}

/** What does not depend on the bytes before and after it, for each of the three ways to begin. */
function base64Forms(name: string, bytes: Buffer): [name: string, form: Buffer][] {
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    const form = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
    return [form, form.replaceAll('+', '-').replaceAll('/', '_')].map((each): [string, Buffer] => [
      `${name}, from byte ${offset}`,
      Buffer.from(each),
    ])
  })
}

/** All files in a folder and in those within, with their bytes. */
export function filesIn(folder: string): Map<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path)]))
}

/** All that is in the tables of a database: in its file a long value lies in pieces, with other bytes between them. */
export function rowsOf(folder: string, name: string): Buffer {
  const copy = mkdtempSync(join(tmpdir(), 'evalspan-copy-'))
  cpSync(folder, copy, { recursive: true })
  const database = new DatabaseSync(join(copy, name))
  try {
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[]
    const rows = tables.flatMap((table) => database.prepare(`SELECT * FROM "${table.name}"`).all())
    const values = rows.flatMap((row) => Object.values(row))
    return Buffer.concat(
      values.flatMap((value) => [value instanceof Uint8Array ? value : Buffer.from(String(value)), Buffer.from('\n')]),
    )
  } finally {
    database.close()
    rmSync(copy, { recursive: true })
  }
}

/** What a running process has open and no folder shows any more, such as temporary files of SQLite. */
export function deletedFilesOf(pid: number): Buffer[] {
  if (process.platform !== 'linux') return []
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder).flatMap((fd) => {
    const path = join(folder, fd)
    return readlinkSync(path).endsWith(' (deleted)') && statSync(path).isFile() ? [readFileSync(path)] : []
  })
}

/** The modes of a folder and of what is in it. */
export function modesIn(folder: string): Record<string, string> {
  const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8)
  const names = readdirSync(folder).toSorted()
  return {
    '.': mode(realpathSync(folder)),
    ...Object.fromEntries(names.map((name) => [name, mode(join(folder, name))])),
  }
}
