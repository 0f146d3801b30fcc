import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { EvalspanError, messageOf } from '../../errors.ts'
import { shownPath } from '../../files/shown-path.ts'
import type { ListenAt } from '../../sources/live/listener.ts'
import { socketPath } from '../runtime-folder.ts'

export interface ListenOptions {
  readonly socket?: string | undefined
  /** `HOST:PORT`, or a port of this machine. */
  readonly tcp?: string | undefined
  readonly tlsCert?: string | undefined
  readonly tlsKey?: string | undefined
}

/** A token that can be guessed is none. */
const shortestToken = 16

/** Where to listen. Throws an `EvalspanError` that names the option, or the variable, that is unusable or missing. */
export function listenAt({ socket, tcp, tlsCert, tlsKey }: ListenOptions, env: NodeJS.ProcessEnv): ListenAt {
  if (tcp === undefined) {
    if (tlsCert !== undefined || tlsKey !== undefined) throw bad('--tls-cert and --tls-key go with --tcp')
    return { socket: socket === undefined ? socketPath('listen.sock', env) : resolve(socket) }
  }
  if (socket !== undefined) throw bad('--socket and --tcp exclude each other')
  const [, host = '127.0.0.1', port = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(tcp) ?? []
  if (port === '' || Number(port) > 65_535) throw bad(`--tcp takes HOST:PORT or PORT, not ${tcp}`)
  const name = host.replace(/^\[(.*)\]$/, '$1')
  const token = (env['EVALSPAN_TOKEN'] ?? '').trim()
  if (token.length < shortestToken) {
    throw bad(
      `--tcp needs a token of at least ${shortestToken} characters, here and where Inspect runs: ` +
        'EVALSPAN_TOKEN=$(openssl rand -hex 32)',
    )
  }
  if ((tlsCert === undefined) !== (tlsKey === undefined)) throw bad('--tls-cert and --tls-key go together')
  if (tlsCert === undefined && !isLoopback(name)) {
    throw bad(
      `--tcp ${tcp} can be reached from elsewhere, where anyone could read along: give --tls-cert and --tls-key`,
    )
  }
  const tls = tlsCert === undefined ? undefined : { cert: read('--tls-cert', tlsCert), key: read('--tls-key', tlsKey!) }
  return { host: name, port: Number(port), token, tls }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function read(option: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw bad(`${option} ${shownPath(path)}: ${messageOf(error)}`)
  }
}

function bad(message: string): EvalspanError {
  return new EvalspanError('BAD_OPTION', message)
}
