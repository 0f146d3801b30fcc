/** The beginning and the end of a text that has more bytes than allowed, half of them each; undefined when it fits. */
export function truncateMiddle(text: string, maxBytes: number): { text: string; originalBytes: number } | undefined {
  // As in Inspect, 0 stands for no limit.
  if (maxBytes <= 0) return undefined
  const bytes = Buffer.from(text, 'utf8')
  if (bytes.length <= maxBytes) return undefined
  const half = Math.floor(maxBytes / 2)
  const whole = firstWhole(bytes, bytes.length - (maxBytes - half))
  return {
    text: bytes.toString('utf8', 0, lastWhole(bytes, half)) + bytes.toString('utf8', whole),
    originalBytes: bytes.length,
  }
}

/** Where the character begins that the cut goes through, so that none is halved. */
function lastWhole(bytes: Buffer, cut: number): number {
  while (cut > 0 && isContinuation(bytes[cut])) cut--
  return cut
}

function firstWhole(bytes: Buffer, cut: number): number {
  while (isContinuation(bytes[cut])) cut++
  return cut
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}
