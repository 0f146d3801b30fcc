import type { Protocol } from '../settings.ts'

/** The proxy that requests to a URL go through, by the variables that undici reads, or grpc-js. */
export function proxyFor(url: URL, protocol: Protocol, environment: NodeJS.ProcessEnv): URL | undefined {
  const read = (...names: string[]): string | undefined =>
    names.map((name) => environment[name]?.trim()).find((value) => value)
  const isGrpc = protocol === 'grpc'
  const proxy = isGrpc
    ? read('grpc_proxy', 'https_proxy', 'http_proxy')
    : (url.protocol === 'https:' ? read('https_proxy', 'HTTPS_PROXY') : undefined) || read('http_proxy', 'HTTP_PROXY')
  if (!proxy || !URL.canParse(proxy)) return undefined
  const exceptions = (isGrpc ? read('no_grpc_proxy', 'no_proxy') : read('no_proxy', 'NO_PROXY')) ?? ''
  return isExcepted(url, exceptions) ? undefined : new URL(proxy)
}

function isExcepted({ hostname, port, protocol }: URL, list: string): boolean {
  const ownPort = port || (protocol === 'https:' ? '443' : '80')
  return list
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      const [, name = entry, only] = /^(.+):(\d+)$/.exec(entry) ?? []
      const domain = name.replace(/^\*?\./, '').toLowerCase()
      if (only !== undefined && only !== ownPort) return false
      return entry === '*' || hostname === domain || hostname.endsWith(`.${domain}`)
    })
}
