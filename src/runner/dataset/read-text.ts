import { createReadStream } from 'node:fs'

/** The text of a file in pieces, without the mark that some editors put before UTF-8. */
export async function* readText(file: string): AsyncGenerator<string> {
  let isFirst = true
  for await (const piece of createReadStream(file, 'utf8') as AsyncIterable<string>) {
    yield isFirst && piece.startsWith('\uFEFF') ? piece.slice(1) : piece
    isFirst = false
  }
}
