/** `512 B`, `4 KiB`, `1024 MiB`: a bound as people write it. */
export function sizeText(bytes: number): string {
  if (bytes < 2 ** 10) return `${Math.floor(bytes)} B`
  return bytes < 2 ** 20 ? `${rounded(bytes / 2 ** 10)} KiB` : `${rounded(bytes / 2 ** 20)} MiB`
}

function rounded(value: number): number {
  return Number(value.toFixed(1))
}
