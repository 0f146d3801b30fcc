import { checkServerIdentity, type TLSSocket } from 'node:tls'
import type { Finding } from './finding.ts'
import type { Settings } from '../settings.ts'

/** What is wrong with the certificate of a server, in words; undefined when it is good for that host. */
export function certificateProblem(
  socket: TLSSocket,
  host: string,
  { certificateVariable, endpointVariable }: Settings,
): Omit<Finding, 'ok'> | undefined {
  const certificate = socket.getPeerCertificate()
  const code = socket.authorized ? undefined : String(socket.authorizationError)
  if (code === 'CERT_HAS_EXPIRED') {
    return {
      detail: `its certificate expired on ${certificate.valid_to}`,
      advice: "renew it, or check this machine's clock",
    }
  }
  if (code === 'CERT_NOT_YET_VALID') {
    return {
      detail: `its certificate is valid from ${certificate.valid_from} on`,
      advice: "check this machine's clock",
    }
  }
  if (code !== undefined && code !== 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const issuer = certificate.issuer?.CN ?? certificate.issuer?.O ?? 'unknown'
    return {
      detail: `nobody this machine trusts vouches for its certificate, issued by "${String(issuer)}" (${code})`,
      advice: `if you trust it, set ${certificateVariable} to a PEM file of its authority`,
    }
  }
  if (!checkServerIdentity(host, certificate)) return undefined
  const names = certificate.subjectaltname ?? String(certificate.subject?.CN ?? 'nobody')
  return {
    detail: `its certificate is for ${names}, not for ${host}`,
    advice: `use such a name in ${endpointVariable}`,
  }
}
