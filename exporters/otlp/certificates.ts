import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { EvalspanError, messageOf, type TlsOptions } from '../../src/exporter.ts'
import type { Variables } from './variables.ts'

/** The certificates that OTLP's variables name, read and tried, so that a wrong file is told of at once. */
export function readCertificates(variables: Variables): TlsOptions {
  const ca = read(variables, 'CERTIFICATE', (pem) => new X509Certificate(pem))
  const cert = read(variables, 'CLIENT_CERTIFICATE', (pem) => new X509Certificate(pem))
  const key = read(variables, 'CLIENT_KEY', (pem) => createSecureContext({ key: pem }))
  if ((cert === undefined) !== (key === undefined)) {
    const [there, missing] = cert ? ['CLIENT_CERTIFICATE', 'CLIENT_KEY'] : ['CLIENT_KEY', 'CLIENT_CERTIFICATE']
    const name = variables.get(there)!.name
    throw new EvalspanError('BAD_OPTION', `${name} is set, but not ${name.replace(there, missing)}: set both`)
  }
  if (cert && key) check(variables.get('CLIENT_KEY')!.name, () => createSecureContext({ cert, key }))
  return { ca, cert, key }
}

function read(variables: Variables, name: string, use: (pem: Buffer) => unknown): Buffer | undefined {
  const found = variables.get(name)
  return (
    found &&
    check(found.name, () => {
      const pem = readFileSync(found.value)
      use(pem)
      return pem
    })
  )
}

function check<T>(name: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw new EvalspanError('BAD_OPTION', `${name} names no usable PEM file: ${messageOf(error)}`, { cause: error })
  }
}
