import { credentialName } from './credential-names.ts'

type Environment = { readonly [name: string]: string | undefined }

/** What is shorter is found in too many texts that are no secret. */
const leastLength = 8

const words =
  /(?:^|[_.-])(?:KEYS?|PATS?|CREDENTIALS?|CREDS?|COOKIES?|DSN|PASS|PWD|AUTH|CONN(?:ECTION)?_?STR(?:ING)?|\w*(?:APIKEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE)S?)\d*(?=[_.-]|$)/i
const passwords = /SECRET|PASS(?:WORD|WD|PHRASE)?(?:[_.-]|$)/i
const connections = /(?:DSN|CONN(?:ECTION)?_?STR(?:ING)?)\d*$/i
const headers = /(?:^|_)HEADERS?$/i
const harmlessHeaders = /^(?:accept|content-type|user-agent)$/i
const places = /(?:^|_)(?:FILE|PATH|DIR|DIRECTORY|SOCK|SOCKET)$/i

/**
 * Secrets that an environment holds: values of variables whose names say so, headers in variables such as
 * `OTEL_EXPORTER_OTLP_HEADERS`, and user info of URLs. Only those of 8 characters or more.
 */
export function secretsOf(environment: Environment): string[] {
  const secrets = Object.entries(environment).flatMap(([name, value]) => (value ? secretsIn(name, value.trim()) : []))
  return [...new Set(secrets.map((secret) => secret.trim()))].filter((secret) => secret.length >= leastLength)
}

function secretsIn(name: string, value: string): string[] {
  if (headers.test(name)) return headerValues(value)
  const url = userInfo(value)
  if (!words.test(name) || name === 'PWD' || name === 'OLDPWD') return url
  if (connections.test(name)) return [value, ...url, ...connectionSecrets(value)]
  if (url.length > 0 || /^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return [...url, ...querySecrets(value)]
  if (isPlace(name, value) || (isSetting(value) && !passwords.test(name))) return []
  return [value, unquoted(value), ...cookieValues(name, value)]
}

/** The path of a file that holds a credential. Passwords may begin with a slash. */
function isPlace(name: string, value: string): boolean {
  if (places.test(name)) return true
  if (/\.(?:pem|key|crt|cer|p12|pfx|json|ya?ml|txt)$/i.test(value)) return !/\s/.test(value)
  return !passwords.test(name) && /^(?:~|\.{0,2}|[A-Za-z]:)[\\/]\S*$/.test(value)
}

/** A number or a switch, such as the life of a token. */
function isSetting(value: string): boolean {
  return /^(?:\d{1,12}|enabled?|disabled?|required|optional|automatic)$/i.test(value)
}

/** `name=value,name2=value2`, percent-encoded, as OpenTelemetry has it; or `name: value` on lines of their own. */
function headerValues(text: string): string[] {
  return text.split(text.includes('\n') ? '\n' : /,(?=[^,=:]+[=:])/).flatMap((header) => {
    const [, name = '', value = ''] = /^\s*([^=:\s]+)\s*[=:]\s*(.*)$/s.exec(header) ?? []
    if (harmlessHeaders.test(name)) return []
    return [...new Set([value, decoded(value)])].flatMap(credentialsOf)
  })
}

/** With and without the scheme; of `Basic` also what it encodes. */
function credentialsOf(value: string): string[] {
  const [, scheme = '', credential] = /^([A-Za-z][\w-]*)\s+(\S.*)$/s.exec(value) ?? []
  if (credential === undefined) return [value]
  const parts = [value, credential]
  if (scheme.toLowerCase() === 'basic') parts.push(...userAndPassword(Buffer.from(credential, 'base64').toString()))
  return parts
}

/** Of `scheme://user:password@host` the password; where there is none, the user is the secret. */
function userInfo(value: string): string[] {
  const [, info] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#\s]*)@/i.exec(value) ?? []
  return info ? [...new Set([info, decoded(info)])].flatMap(userAndPassword) : []
}

function userAndPassword(info: string): string[] {
  const colon = info.indexOf(':')
  return colon < 0
    ? [info]
    : [info, info.slice(colon + 1), ...(colon === info.length - 1 ? [info.slice(0, colon)] : [])]
}

function querySecrets(url: string): string[] {
  return Array.from(url.matchAll(/[?&]([\w.~-]+)=([^&#]*)/g), ([, name = '', value = '']) =>
    /(?:key|token|sig|signature|secret|password)$/i.test(name) ? [value, decoded(value)] : [],
  ).flat()
}

function connectionSecrets(value: string): string[] {
  return value.split(';').flatMap((part) => {
    const [, name = '', secret = ''] = /^\s*([\w ]+?)\s*=(.*)$/s.exec(part) ?? []
    return credentialName(name) || /^(?:pwd|sig)$/i.test(name) ? [secret, unquoted(secret.trim())] : []
  })
}

function cookieValues(name: string, value: string): string[] {
  if (!/COOKIE/i.test(name)) return []
  return value.split(';').map((cookie) => cookie.slice(cookie.indexOf('=') + 1))
}

function unquoted(value: string): string {
  return /^(["']).*\1$/s.test(value) ? value.slice(1, -1) : value
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
