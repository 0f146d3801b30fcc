import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { openFile } from '../../src/files/files.ts'
import { openLog } from '../../src/inspect/log.ts'
import { readZipDirectory } from '../../src/inspect/zip-directory.ts'
import { readZipMember } from '../../src/inspect/zip-member.ts'
import { Child, evalspan, eventually, type Variables } from '../faults/child-process.ts'
import { findIn } from '../masking/findings.ts'
import { HttpReceiver } from '../receiver/http-receiver.ts'
import { canaries, type LeakyRun } from './child/leaky-eval.ts'

const program = join(import.meta.dirname, 'child/leaky-eval.ts')
const keys = Object.values(canaries)

/** All files of a folder, those in archives decompressed, with what of the keys is in each. */
async function leaks(folder: string): Promise<string[]> {
  const found: string[] = []
  const look = (name: string, bytes: Uint8Array): void => {
    for (const what of findIn(bytes, keys)) found.push(`${name}: ${what}`)
  }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    look(path, readFileSync(path))
    if (!/\.(eval|zip)$/.test(path)) continue
    const file = await openFile(path)
    for (const [name, member] of await readZipDirectory(file)) look(name, await readZipMember(file, member))
    await file.close()
  }
  return found
}

describe.concurrent('keys in every text that user code can give', { timeout: 60_000 }, () => {
  it.for(['off', 'on'] as const)('are in no file, request or line, with content %s', async (content, { expect }) => {
    const folder = mkdtempSync(join(tmpdir(), 'evalspan-keys-'))
    await using receiver = await HttpReceiver.start()
    const given: LeakyRun = { logDir: join(folder, 'logs') }
    const variables: Variables = {
      HOME: folder,
      LAB_API_KEY: canaries.ofEnvironment,
      LAB_OTHER_API_KEY: 'arn:of-a-key-1',
      EVALSPAN_CACHE_DIR: join(folder, 'cache'),
      EVALSPAN_OUTBOX: join(folder, 'outbox'),
      EVALSPAN_EVENT_LOG: join(folder, 'events.jsonl'),
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      ...(content === 'on' && { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_AND_EVENT' }),
    }
    const child = new Child([process.execPath, program, JSON.stringify(given)], variables)
    try {
      // The buffer is looked at while there is one.
      const isPaused = (): boolean => child.stdout.split('paused').length === 4
      await eventually('a pause of all samples', () => isPaused() || child.isOver)
      expect(isPaused(), child.stderr).toBe(true)
      const names = readdirSync(given.logDir, { recursive: true, encoding: 'utf8' })
      expect(names.filter((name) => /manifest\.json|segment/.test(name))).not.toEqual([])
      expect(await leaks(folder)).toEqual([])
      child.kill('SIGUSR2')
      const ended = await child.ended
      expect([ended.code, findIn(ended.stdout + ended.stderr, keys)]).toEqual([0, []])
      expect(await leaks(folder)).toEqual([])
      expect(findIn(JSON.stringify(receiver.taken.map((request) => request.content)), keys)).toEqual([])
      expect(receiver.parts('traces').length).toBeGreaterThan(10)
      // And the same is told when it is replayed.
      const again = { ...variables, LAB_THIRD_TOKEN: canaries.odd }
      const replayed = await evalspan(['replay', given.logDir], again)
      expect(replayed.stdout, replayed.stderr).toContain('nothing new')
      expect(replayed.stdout).not.toContain('superseded')
      // They were there, and what was around them still is.
      let text = ''
      for (const name of readdirSync(given.logDir)) {
        const log = await openLog(join(given.logDir, name))
        text += JSON.stringify(log.header)
        for await (const entry of log.samples()) text += JSON.stringify(entry)
        await log.close()
      }
      const hidden = (JSON.parse(ended.stdout.split('\n').at(-2)!) as string[]).map((place) => [
        place,
        text.includes(`${place}: [masked]`),
      ])
      expect(hidden).toEqual(hidden.map(([place]) => [place, true]))
      expect(hidden.length).toBeGreaterThan(25)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
