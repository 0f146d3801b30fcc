import { hideKeys } from '../model/hide-keys.ts'

/** What went wrong with the call of a tool, as the model is told. */
export interface ToolCallError {
  /** `parsing`, `timeout`, `unicode_decode`, `permission`, `file_not_found`, `is_a_directory`, `limit`, `approval`, `unknown`. */
  readonly type: string
  readonly message: string
}

/**
 * Thrown by a tool to tell the model what went wrong, so that it can try otherwise. Any other error, but for those that Node
 * has for files and times, fails the sample, as in Inspect.
 */
export class ToolError extends Error {
  readonly type: string

  constructor(
    message: string,
    { type = 'unknown', ...options }: ErrorOptions & { readonly type?: string | undefined } = {},
  ) {
    super(message, options)
    this.name = 'ToolError'
    this.type = type
  }
}

/** What the model is told of an error; undefined for one that is not for it, but fails the sample. */
export function toolCallError(error: unknown, tool: string): ToolCallError | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, path, type } = error as { code?: unknown; path?: unknown; type?: unknown }
  const filename = typeof path === 'string' ? ` Filename '${path}'.` : ''
  // By name, so that it may come from another copy of the package.
  if (error.name === 'ToolError') {
    // The model's provider is told, too.
    return { type: typeof type === 'string' ? type : 'unknown', message: hideKeys(error.message) }
  }
  if (error.name === 'TimeoutError' || code === 'ETIMEDOUT') {
    return { type: 'timeout', message: 'Command timed out before completing.' }
  }
  if (error.name === 'LimitExceededError') return limitError(error)
  switch (code) {
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return { type: 'unicode_decode', message: hideKeys(`Error decoding bytes: ${error.message}`) }
    case 'ERR_INVALID_ARG_VALUE':
      if (!error.message.includes('without null bytes')) return undefined
      return { type: 'parsing', message: `An argument to tool '${tool}' contained an embedded null byte.` }
    case 'EACCES':
      return { type: 'permission', message: `Permission denied.${filename}` }
    case 'EPERM':
      return { type: 'permission', message: `Operation not permitted.${filename}` }
    case 'ENOENT':
      return {
        type: 'file_not_found',
        message: typeof path === 'string' ? `File '${path}' was not found.` : 'No such file or directory',
      }
    case 'EISDIR':
      return { type: 'is_a_directory', message: `Is a directory.${filename}` }
    default:
      return undefined
  }
}

function limitError(error: Error): ToolCallError {
  const { type, limit } = error as { type?: unknown; limit?: unknown }
  const of = typeof limit === 'number' ? ` of ${withCommas(limit)}` : ''
  return { type: 'limit', message: `The tool exceeded its ${String(type)} limit${of}.` }
}

/** `1,000`, and two digits where it is no whole number. */
function withCommas(limit: number): string {
  const digits = Number.isInteger(limit) ? 0 : 2
  return limit.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
