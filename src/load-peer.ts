import { EvalspanError } from './errors.ts'

/** Loads a library that is installed only where somebody needs it. */
export async function loadPeer<T>(what: string, name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    throw new EvalspanError('MISSING_PACKAGE', `${what} needs a package that is not installed: npm install ${name}`, {
      cause: error,
    })
  }
}
