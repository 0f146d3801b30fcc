import { masked } from './marks.ts'

/** Masks the credentials of `Bearer …` and `Basic …`, wherever they stand. */
export function maskSchemes(text: string): string {
  return text.replace(
    /(?<![A-Za-z])(bearer|basic)((?:\s{1,16}|%20|\+))([A-Za-z0-9._~+/=-]{6,})/gi,
    (whole, scheme: string, space: string, credential: string) =>
      isCredential(scheme, credential) ? `${scheme}${space}${masked}` : whole,
  )
}

/** “Bearer authentication” and “basic arithmetic” are none. */
function isCredential(scheme: string, credential: string): boolean {
  if (scheme.toLowerCase() === 'basic') return isUserAndPassword(credential)
  const token = credential.replace(/\.+$/, '')
  return /[\d_~+=]|[a-z][A-Z]/.test(token) || (token.length >= 20 && !/[-./]/.test(token))
}

function isUserAndPassword(credential: string): boolean {
  const text = Buffer.from(credential, 'base64').toString().trim()
  return text.includes(':') && !/[\p{Cc}\uFFFD]/u.test(text)
}
