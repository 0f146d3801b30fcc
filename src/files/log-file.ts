/**
 * A log that is open for reading pieces of it. Pieces of two logs are never mixed: when another one is put in its place it
 * stays the same log where that can be, and is an error that says so elsewhere, and when it is written over.
 */
export interface LogFile {
  /** As it was given: may be a URL with a key in it. */
  readonly path: string
  /** In bytes, when it was opened. */
  readonly size: number
  /** Exactly `length` bytes; an error when the file ends before. They may not be written to. */
  read(position: number, length: number): Promise<Buffer>
  close(): Promise<void>
}
