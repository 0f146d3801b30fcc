import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** PEM files that openssl just made: an authority, a server on loopback, a client. */
export interface Certificates {
  /** Paths of the files. */
  readonly paths: Readonly<Record<'ca' | 'server' | 'serverKey' | 'client' | 'clientKey', string>>
  readonly server: { readonly cert: Buffer; readonly key: Buffer; readonly ca: Buffer }
}

export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'evalspan-tls-'))
  const file = (name: string): string => join(folder, name)
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test authority')
  writeFileSync(file('server.ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n')
  writeFileSync(file('client.ext'), 'extendedKeyUsage=clientAuth\n')
  for (const name of ['server', 'client']) {
    openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=test ${name}`)
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`]
    openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...signing)
  }
  return {
    paths: {
      ca: file('ca.pem'),
      server: file('server.pem'),
      serverKey: file('server.key'),
      client: file('client.pem'),
      clientKey: file('client.key'),
    },
    server: {
      cert: readFileSync(file('server.pem')),
      key: readFileSync(file('server.key')),
      ca: readFileSync(file('ca.pem')),
    },
  }
}
