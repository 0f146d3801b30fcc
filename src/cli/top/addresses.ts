import { EvalspanError } from '../../errors.ts'
import { shownPath } from '../../files/shown-path.ts'
import { listSockets, type Environment } from '../runtime-folder.ts'
import type { Address } from './listener.ts'

export interface Places {
  /** Given as options; without them the variables count, and without those all listeners of this user. */
  readonly sockets?: readonly string[] | undefined
  readonly url?: string | undefined
}

/** Where listeners are. `isNamed`: somebody said so, and expects one there. */
export function findAddresses(
  { sockets = [], url }: Places,
  environment: Environment,
): { readonly isNamed: boolean; readonly find: () => readonly Address[] } {
  const token = environment['EVALSPAN_TOKEN']?.trim() || undefined
  const addressOf = (value: string, name: string): Address => ({ url: checkUrl(value, name), token })
  const given: Address[] = sockets.map((socket) => ({ socket }))
  if (url !== undefined) given.push(addressOf(url, '--url'))
  if (given.length === 0) {
    const { EVALSPAN_SOCKET: ownSocket, EVALSPAN_URL: ownUrl } = environment
    if (ownSocket) given.push({ socket: ownSocket })
    else if (ownUrl) given.push(addressOf(ownUrl, 'EVALSPAN_URL'))
  }
  if (given.length > 0) return { isNamed: true, find: () => given }
  return { isNamed: false, find: () => listSockets(environment).map((socket) => ({ socket })) }
}

function checkUrl(value: string, name: string): string {
  const url = URL.parse(value)
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return value
  throw new EvalspanError(
    'BAD_OPTION',
    `${name} is no address of a listener: ${shownPath(value)}; write it like http://127.0.0.1:4319, with the token in ` +
      'EVALSPAN_TOKEN',
  )
}
