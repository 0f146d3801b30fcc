/** Preload: the name `nowhere.invalid` is unknown until the file named by `TEST_NAME_FILE` exists, and then this machine. */
import dns, { type LookupAddress } from 'node:dns'
import { existsSync } from 'node:fs'

type Callback = (error: Error | null, address?: string | LookupAddress[], family?: number) => void

const lookup = dns.lookup as (name: string, options: object, callback: Callback) => void
const file = process.env['TEST_NAME_FILE'] ?? ''

function resolve(name: string, options: { readonly all?: boolean }, callback: Callback): void {
  if (name !== 'nowhere.invalid') return lookup(name, options, callback)
  setImmediate(() => {
    if (!existsSync(file)) {
      const known = { code: 'ENOTFOUND', errno: -3008, syscall: 'getaddrinfo', hostname: name }
      callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), known))
    } else if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
    else callback(null, '127.0.0.1', 4)
  })
}

dns.lookup = resolve as typeof dns.lookup
