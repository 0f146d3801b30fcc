import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { messageOf } from '../../../src/exporter.ts'
import type { Finding } from './finding.ts'
import { bareHost } from '../links/private-host.ts'

const mostShown = 4

/** Whether the name of a host has addresses. */
export async function checkName(hostname: string, variable: string): Promise<Finding> {
  const host = bareHost(hostname)
  if (isIP(host)) return { ok: true, detail: `${host} is an address` }
  try {
    const addresses = (await lookup(host, { all: true })).map(({ address }) => address)
    const more = addresses.length > mostShown ? `, … (${addresses.length})` : ''
    return { ok: true, detail: `${host} is ${addresses.slice(0, mostShown).join(', ')}${more}` }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTFOUND') {
      return { ok: false, detail: `nobody knows a host ${host} (${code})`, advice: `check ${variable}` }
    }
    const advice = `is this machine on the network? If so, check ${variable}`
    return { ok: false, detail: `${host} cannot be resolved at present (${code ?? messageOf(error)})`, advice }
  }
}
