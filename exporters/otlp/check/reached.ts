import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { messageOf } from '../../../src/exporter.ts'
import { certificateProblem } from './certificate-problem.ts'
import type { Finding } from './finding.ts'
import { bareHost } from '../links/private-host.ts'
import type { Settings } from '../settings.ts'

/** Opens a connection to a server, or to the proxy before it, and closes it again. */
export async function checkReached(settings: Settings, proxy: URL | undefined, signal: AbortSignal): Promise<Finding> {
  const target = proxy ?? settings.url
  const host = bareHost(target.hostname)
  const port = Number(target.port || (target.protocol === 'https:' ? 443 : 80))
  const began = performance.now()
  const socket = connect({ host, port, signal })
  try {
    await once(socket, 'connect')
    const tcp = `TCP in ${since(began)}`
    if (proxy) return { ok: true, detail: `${tcp}, to the proxy ${target.host}` }
    return target.protocol === 'https:' ? await checkTls(settings, socket, host, tcp) : { ok: true, detail: tcp }
  } catch (error) {
    return { ok: false, ...explainTcp(error, `${host}:${port}`, proxy ? 'the proxy' : settings.endpointVariable) }
  } finally {
    socket.destroy()
  }
}

async function checkTls(settings: Settings, socket: Socket, host: string, tcp: string): Promise<Finding> {
  const began = performance.now()
  const secure = connectTls({
    socket,
    host,
    ...definedOnly(settings.tls),
    ALPNProtocols: settings.protocol === 'grpc' ? ['h2'] : ['http/1.1'],
    // The handshake goes on, so that there is a certificate to tell about.
    rejectUnauthorized: false,
    ...(isIP(host) ? {} : { servername: host }),
  })
  try {
    await once(secure, 'secureConnect')
  } catch (error) {
    return { ok: false, ...explainTls(error, settings) }
  }
  const problem = certificateProblem(secure, host, settings)
  if (problem) return { ok: false, ...problem }
  const until = secure.getPeerCertificate().valid_to
  const detail = `${tcp}, ${secure.getProtocol()} in ${since(began)}, certificate until ${until}`
  return { ok: true, detail }
}

function explainTcp(error: unknown, place: string, variable: string): Omit<Finding, 'ok'> {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ECONNREFUSED') {
    return { detail: `${place} refuses connections`, advice: `start the backend, or check ${variable}` }
  }
  const advice = `is there a firewall in between? If not, check ${variable}`
  return { detail: `${place}: ${messageOf(error)}${code ? ` (${code})` : ''}`, advice }
}

function explainTls(error: unknown, settings: Settings): Omit<Finding, 'ok'> {
  const { code = '' } = error as NodeJS.ErrnoException
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    return { detail: 'it has no TLS', advice: `write http:// in ${settings.endpointVariable}` }
  }
  const detail = `no TLS with it: ${messageOf(error)}${code ? ` (${code})` : ''}`
  const wantsCertificate = /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE/.test(code)
  const client = settings.certificateVariable.replace('CERTIFICATE', 'CLIENT_CERTIFICATE')
  return wantsCertificate ? { detail, advice: `it may want a certificate of yours: set ${client}` } : { detail }
}

/** An error that comes first is the outcome; a signal that aborts is one. */
async function once(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once(event, resolve)
    socket.on('error', reject)
    socket.once('close', () => reject(new Error('the connection was closed')))
  })
}

function since(began: number): string {
  return `${Math.max(1, Math.round(performance.now() - began))} ms`
}

function definedOnly({ ca, cert, key }: Settings['tls']): Partial<Record<'ca' | 'cert' | 'key', Buffer | string>> {
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
}
