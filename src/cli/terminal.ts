import type { CliOutput } from './context.ts'

/** An output on a stream of the process. A reader that goes away is no error: the rest is not written. */
export function terminalOutput(stream: NodeJS.WriteStream): CliOutput {
  let closed = false
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error
    closed = true
  })
  return {
    interactive: stream.isTTY && process.env['TERM'] !== 'dumb',
    color: wantsColor(stream),
    get columns() {
      return stream.columns ?? 80
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
