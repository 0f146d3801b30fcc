/** A log that is open for reading pieces of it. It stays the same log when another one is put in its place. */
export interface LogFile {
  /** As it was given: may be a URL with a key in it. */
  readonly path: string
  /** In bytes, when it was opened. */
  readonly size: number
  /** Exactly `length` bytes; an error when the file ends before. They may not be written to. */
  read(position: number, length: number): Promise<Buffer>
  close(): Promise<void>
}
