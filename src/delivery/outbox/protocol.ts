import type { Outbox } from './outbox.ts'
import type { Storage, StorageOptions } from './storage.ts'

type MethodOf<T> = { [N in keyof T]: T[N] extends (...args: never) => unknown ? N : never }[keyof T]

/** What can be asked of a storage, and of the outbox that is the main one in it. */
type Methods = Pick<Storage, MethodOf<Storage>> & Omit<Pick<Outbox, MethodOf<Outbox>>, MethodOf<Storage>>

export type Method = keyof Methods

export type Arguments<M extends Method> = Parameters<Methods[M]>

export type Result<M extends Method> = Awaited<ReturnType<Methods[M]>>

/** Asks for something to be done; what is asked first is done first. */
export type Call = <M extends Method>(method: M, ...args: Arguments<M>) => Promise<Result<M>>

/** What the worker is begun with. */
export interface WorkerData {
  readonly options: StorageOptions
  /** Counts the requests that are done, for who cannot wait for an answer. */
  readonly done: Int32Array
}

export interface Request {
  readonly id: number
  readonly method: Method
  readonly args: readonly unknown[]
}

export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string }
  /** Something worth a line to the user. */
  | { readonly note: string }

/** Has a storage do what it is asked for. */
export async function perform(storage: Storage, { method, args }: Omit<Request, 'id'>): Promise<unknown> {
  const run = (target: unknown): unknown => {
    const does = (target as Record<string, (...args: unknown[]) => unknown>)[method]!
    return does.apply(target, [...args])
  }
  return method in storage ? await run(storage) : await storage.small((outbox) => run(outbox))
}
