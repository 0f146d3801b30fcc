import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Item } from '../../src/delivery/item.ts'
import { toRecord } from '../../src/hooks/wire.ts'
import type { HookEvent } from '../../src/hooks/hooks.ts'
import { stringify } from '../../src/inspect/json.ts'
import { Masker } from '../../src/masking/masker.ts'
import { Mapping } from '../../src/telemetry/mapping.ts'
import { telemetrySettings } from '../../src/telemetry/settings.ts'
import { evalspan, startHostInShell, type Child, type Ended, type Variables } from '../faults/child-process.ts'
import type { HostRun } from '../faults/child/host.ts'
import type { Received } from '../receiver/received.ts'
import { canaryOf, changed, isContent, isStructure } from './changed-events.ts'
import { completeEvents } from './complete-events.ts'
import { deletedFilesOf, filesIn, findIn, rowsOf } from './findings.ts'

/** What the environment knows to be secret, with what JSON, URLs and Base64 write in another way. */
const word = 'correct-horse-battery'
const odd = 'pass"w\\örd/+&x 9'
/** The exporter's own credentials, which events may tell of too. */
export const bearer = 'zebra-crossing-4711'
const apiKey = 'giraffe-in-the-fog-12'
const ofDatabase = 'staple-in-database'
/** What gives itself away. */
const key = 'tvly-AbCdEfGhIjKlMnOpQrStUvWxYz'
const ofUrl = 'staple-in-url'
const ofField = 'opaque-of-a-field'
const ofHeader = 'opaque-of-a-header'

export const secrets: readonly string[] = [word, odd, bearer, apiKey, ofDatabase, key, ofUrl, ofField, ofHeader]
/** Every canary of content has it, so it is found where any of them is. */
export const probe = 'canary('

const secretVariables = {
  SOME_TOKEN: word,
  ODD_PASSWORD: odd,
  DATABASE_URL: `postgres://me:${ofDatabase}@database/x`,
  OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${bearer},x-api-key=${apiKey}`,
}
const suffix =
  ` ${word} ${odd} ${JSON.stringify({ in: odd })} ${Buffer.from(`user:${word}`).toString('base64')} ${ofDatabase} ` +
  `${bearer} x-api-key: ${apiKey} ${key} https://me:${ofUrl}@example.com/x {"api_key": "${ofField}"} ` +
  `curl -H "Authorization: Bearer ${ofHeader}"`

/** Every text has secrets, but for times and kinds; every text of content says where it is from. */
const events = changed(completeEvents, (text, path) => {
  if (isStructure(path)) return text
  return (isContent(path) ? `${text} ${canaryOf(path)}` : text) + suffix
})

export type Content = 'off' | 'on'

/** A run with canaries in it, a folder for all that its processes write, and the eye on both. */
export class CanaryScene implements Disposable {
  /** Home, outbox and temporary files. The events that are played lie elsewhere. */
  readonly folder: string
  variables: Variables
  readonly #input: string
  readonly #env: NodeJS.ProcessEnv

  constructor(content: Content, url: string, more: Variables = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'evalspan-canaries-'))
    this.#input = mkdtempSync(join(tmpdir(), 'evalspan-canaries-input-'))
    mkdirSync(join(this.folder, 'tmp'))
    writeFileSync(this.events, events.map((event) => `${stringify(toRecord(event))}\n`).join(''))
    this.#env = content === 'on' ? { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_AND_EVENT' } : {}
    this.variables = {
      HOME: this.folder,
      TMPDIR: join(this.folder, 'tmp'),
      EVALSPAN_OUTBOX: join(this.folder, 'outbox'),
      EVALSPAN_PLUGINS: 'none',
      EVALSPAN_EVENT_LOG: this.eventLog,
      OTEL_RESOURCE_ATTRIBUTES: `note=of ${word},token=${encodeURIComponent(odd)}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      ...secretVariables,
      ...(this.#env as Variables),
      ...more,
    }
  }

  /** The file of the events. */
  get events(): string {
    return join(this.#input, 'events.jsonl')
  }

  /** The record of live runs, which holds all but secrets. */
  get eventLog(): string {
    return join(this.#input, 'log.jsonl')
  }

  /** A file beside the events. */
  write(name: string, text: string): string {
    const path = join(this.#input, name)
    writeFileSync(path, text)
    return path
  }

  /** What is to be sent of the run. */
  items(): Item[] {
    const mapping = new Mapping(telemetrySettings(this.#env, new Masker({ env: this.variables })))
    return events.flatMap((event: HookEvent) => mapping.map(event).items)
  }

  /** A host that plays the run live, whose files have the modes that it asks for itself. */
  host(run: Partial<HostRun>): Child {
    return startHostInShell({ events: this.events, exitCode: 0, ...run }, 'umask 000', this.variables)
  }

  evalspan(...args: string[]): Promise<Ended> {
    return evalspan(args, this.variables)
  }

  /** What is in the tables of the outbox. */
  stored(): Buffer {
    return rowsOf(join(this.folder, 'outbox'), 'outbox.db')
  }

  /** What must not be, on the disk; files of a running process included that have no name any more. */
  onDisk(canaries: readonly string[], child?: Child): string[] {
    const files = [...filesIn(this.folder)].flatMap(([path, bytes]) =>
      findIn(bytes, canaries).map((found) => `${path}: ${found}`),
    )
    const rows = findIn(this.stored(), canaries).map((found) => `tables: ${found}`)
    const deleted = child ? deletedFilesOf(child.process.pid!) : []
    return [...files, ...rows, ...deleted.flatMap((bytes) => findIn(bytes, canaries))]
  }

  [Symbol.dispose](): void {
    for (const path of [this.folder, this.#input]) rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** What must not be, in requests as they came; the exporter's own credentials are where they belong. */
export function onWire(requests: readonly Received[], canaries: readonly string[]): string[] {
  return requests.flatMap(({ path, headers, raw, content }) => {
    const { authorization, 'x-api-key': own, ...others } = headers
    const isOwn = authorization === `Bearer ${bearer}` && own === apiKey
    return [
      ...(isOwn ? [] : [`${path}: not the credentials of the exporter`]),
      ...[raw!, JSON.stringify(content), JSON.stringify(others), path].flatMap((part) =>
        findIn(part, canaries).map((found) => `${path}: ${found}`),
      ),
    ]
  })
}

/** What must not be, in what a process printed. */
export function inPrint({ stdout, stderr }: Ended, canaries: readonly string[]): string[] {
  return findIn(`${stdout}\n${stderr}`, canaries)
}
