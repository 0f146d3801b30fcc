import { noteText, parseNote, type LogNote } from './log-note.ts'

export interface NamedNote {
  readonly name: string
  readonly value: string
}

/** What is noted of logs, by path: by watchers before this one, and by this one. */
export class WatchNotes {
  readonly #notes = new Map<string, LogNote>()
  /** By run: which logs are its own. */
  readonly #ofRun = new Map<string, Set<string>>()
  #fresh = new Map<string, string | undefined>()

  constructor(notes: Iterable<NamedNote>) {
    for (const { name, value } of notes) {
      const note = parseNote(value)
      if (note) this.#keep(name, note)
    }
  }

  get(path: string): LogNote | undefined {
    return this.#notes.get(path)
  }

  all(): [path: string, note: LogNote][] {
    return [...this.#notes]
  }

  ofRun(run: string): readonly string[] {
    return [...(this.#ofRun.get(run) ?? [])]
  }

  /** Of each run whose end has not been told: its logs. */
  open(): readonly (readonly string[])[] {
    return [...this.#ofRun.values()].map((paths) => [...paths]).filter((paths) => !this.#notes.get(paths[0]!)?.over)
  }

  set(path: string, note: LogNote): void {
    this.#forget(path)
    this.#keep(path, note)
    this.#fresh.set(path, noteText(note))
  }

  delete(path: string): void {
    if (this.#forget(path)) this.#fresh.set(path, undefined)
  }

  /** What is to be written down; `giveBack` takes it again when that failed. */
  take(): Map<string, string | undefined> {
    const fresh = this.#fresh
    this.#fresh = new Map()
    return fresh
  }

  giveBack(notes: ReadonlyMap<string, string | undefined>): void {
    this.#fresh = new Map([...notes, ...this.#fresh])
  }

  #keep(path: string, note: LogNote): void {
    this.#notes.set(path, note)
    const paths = this.#ofRun.get(note.run) ?? new Set()
    this.#ofRun.set(note.run, paths.add(path))
  }

  #forget(path: string): boolean {
    const note = this.#notes.get(path)
    if (!note) return false
    this.#notes.delete(path)
    const paths = this.#ofRun.get(note.run)
    paths?.delete(path)
    if (paths?.size === 0) this.#ofRun.delete(note.run)
    return true
  }
}
