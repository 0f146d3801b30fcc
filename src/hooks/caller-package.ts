import { fileURLToPath } from 'node:url'

// The last node_modules folder of a path is the one the package is in: pnpm nests them.
const installed = /^.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/.@][^\\/]*)[\\/]/s

/** The name of the installed package whose code called `callee`; undefined for code outside of `node_modules`. */
export function callerPackage(callee: Function): string | undefined {
  const file = callerFile(callee)
  return file === undefined ? undefined : packageOfFile(file)
}

/** The package in a `node_modules` folder that a file (path or URL) belongs to. */
export function packageOfFile(file: string): string | undefined {
  return installed.exec(toPath(file))?.[1]?.replace('\\', '/')
}

function toPath(file: string): string {
  if (!file.startsWith('file:')) return file
  try {
    return fileURLToPath(file)
  } catch {
    return file
  }
}

function callerFile(callee: Function): string | undefined {
  // A formatter of somebody else's, or source maps, would tell another file than the one that runs.
  const { stackTraceLimit } = Error
  const formatter = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  try {
    Error.stackTraceLimit = 1
    Error.prepareStackTrace = (_error, frames) => frames[0]?.getFileName()
    const holder: { stack?: unknown } = {}
    Error.captureStackTrace(holder, callee)
    return typeof holder.stack === 'string' ? holder.stack : undefined
  } finally {
    Error.stackTraceLimit = stackTraceLimit
    if (formatter) Object.defineProperty(Error, 'prepareStackTrace', formatter)
    else Reflect.deleteProperty(Error, 'prepareStackTrace')
  }
}
