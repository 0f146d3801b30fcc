/** The thread that `parse-thread.ts` begins: expands members of ZIPs and parses their JSON, one after another. */
import { parentPort } from 'node:worker_threads'
import { decodeText, parseText } from './text.ts'
import type { ZipMember } from './zip-directory.ts'
import { expandZipMember } from './zip-member.ts'

export interface ParseRequest {
  readonly id: number
  readonly member: ZipMember
  readonly compressed: Uint8Array
}

/** Without a result when it could not be had, or not be copied: who asked finds out why. */
export interface ParseAnswer {
  readonly id: number
  readonly result?: { readonly value: unknown }
}

const port = parentPort!
let last: Promise<void> = Promise.resolve()

async function answer({ id, member, compressed }: ParseRequest): Promise<void> {
  try {
    const bytes = Buffer.from(compressed.buffer, compressed.byteOffset, compressed.byteLength)
    const value = parseText(decodeText(await expandZipMember(member, bytes)))
    port.postMessage({ id, result: { value } } satisfies ParseAnswer)
  } catch {
    port.postMessage({ id } satisfies ParseAnswer)
  }
}

port.on('message', (request: ParseRequest) => {
  last = last.then(() => answer(request))
})
