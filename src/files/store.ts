import type { EvalspanError } from '../errors.ts'
import type { LogFile } from './log-file.ts'

/** What a path leads to. */
export type PathInfo = FileInfo | { readonly kind: 'folder' }

export interface FileInfo {
  readonly kind: 'file'
  /** In bytes; undefined where a web server does not tell. */
  readonly size: number | undefined
  /** Another one whenever the content is another one. */
  readonly version: string
  /** When it was written last, in milliseconds since 1970; undefined where a web server does not tell. */
  readonly modifiedMs: number | undefined
}

export interface ListedFile extends FileInfo {
  readonly path: string
}

export interface ListOptions {
  /** A folder beneath the one that is listed, which cannot be read or is gone by now. All else is listed all the same. */
  readonly onProblem?: ((error: EvalspanError) => void) | undefined
  /** A folder on the disk, before it is read. */
  readonly onFolder?: ((folder: string) => void) | undefined
}

/** A place where logs lie: the disk, a bucket, the web. Errors say what is wrong without naming the path. */
export interface Store {
  open(path: string): Promise<LogFile>
  /** Undefined when there is nothing. */
  stat(path: string): Promise<PathInfo | undefined>
  /**
   * The logs in a folder and in all folders beneath it, in no certain order. Folders whose name begins with a dot are
   * Inspect's own, like the buffer of running evals, and left out. Links are followed, and each folder is listed once.
   * Throws when the folder itself cannot be read.
   */
  list(folder: string, options?: ListOptions): AsyncIterable<ListedFile>
}
