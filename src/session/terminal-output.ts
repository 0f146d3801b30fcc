import type { Output } from '../exporter.ts'

/** An output that may lose its reader. */
export interface StreamOutput extends Output {
  /** Nobody reads any more (`| head`): what is written goes nowhere. */
  readonly closed: boolean
}

/**
 * An output on a stream of the process. A reader that goes away is no error: the rest is not written. Nor is it after any
 * other error, which `onFailure` is told of.
 */
export function terminalOutput(stream: NodeJS.WriteStream, onFailure: (error: Error) => void): StreamOutput {
  let closed = false
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (closed) return
    closed = true
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') onFailure(error)
  })
  return {
    interactive: stream.isTTY && process.env['TERM'] !== 'dumb',
    color: wantsColor(stream),
    get columns() {
      // A terminal that nobody has given a size says 0.
      return stream.columns || 80
    },
    get rows() {
      return stream.rows || 24
    },
    get closed() {
      return closed
    },
    write(text: string) {
      if (!closed) stream.write(text)
    },
  }
}

/** `NO_COLOR` and `FORCE_COLOR` mean what they mean elsewhere. */
function wantsColor(stream: NodeJS.WriteStream): boolean {
  if (process.env['NO_COLOR']) return false
  const forced = process.env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return stream.isTTY && stream.hasColors()
}
