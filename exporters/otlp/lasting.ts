/**
 * Names and texts of errors that no waiting mends: a certificate that nobody vouches for or that is someone else's, and a
 * port that speaks something else. By OpenSSL's names as Node has them, and by their texts, which are all that gRPC gives.
 */
const lasting = [
  /^(?!.*TIMEOUT).*(?:CERT|SELF_SIGNED|ISSUER|SIGNATURE|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/,
  /(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNSUPPORTED_PROTOCOL|ALERT_(?:UNKNOWN_CA|HANDSHAKE_FAILURE|PROTOCOL_VERSION))/,
  /^PROTOCOL$/,
  /certificate|wrong version number|unsupported protocol|alert (?:unknown ca|handshake failure|protocol version)/,
  /^Protocol error/,
]

/** Whether an error of a connection, by its code or its text, stays until somebody mends it. */
export function isLasting(codeOrText: string): boolean {
  return lasting.some((pattern) => pattern.test(codeOrText))
}
