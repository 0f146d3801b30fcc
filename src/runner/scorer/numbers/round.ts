/** Rounds to so many decimals, as Python's `round` does: to the even one where two are equally near. */
export function roundTo(value: number, decimals: number): number {
  const [digits, exponent] = exactDigits(value)
  const count = exponent + 1 + decimals
  return Number(`${firstDigits(digits, count)}e${-decimals}`) * Math.sign(value)
}

/** With five digits at most, as Python's format `.5g`: `1e+06`, `0.33333`, `42`. */
export function formatShort(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const precision = 5
  const [digits, before] = exactDigits(value)
  // 9.99999 becomes 10.000.
  const [mantissa, after] = Number(`${firstDigits(digits, precision)}e${1 - precision}`)
    .toExponential()
    .split('e')
  const exponent = before + Number(after)
  const sign = value < 0 ? '-' : ''
  if (exponent < precision && exponent >= -4) return `${sign}${Number(`${mantissa}e${exponent}`)}`
  return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/** All digits of the number, which is seldom the one that was written, without a point; and the exponent of the first. */
function exactDigits(value: number): [digits: string, exponent: number] {
  // oxlint-disable-next-line oxc/number-arg-out-of-range -- 20 was the limit before ES2018
  const [digits, exponent] = Math.abs(value).toExponential(100).split('e') as [string, string]
  return [digits.replace('.', ''), Number(exponent)]
}

/** The first digits, rounded; to the even one where what follows is exactly a half. */
function firstDigits(digits: string, count: number): bigint {
  if (count < 0) return 0n
  const kept = BigInt(digits.slice(0, count))
  const rest = digits.slice(count)
  const isUp = /^50*$/.test(rest) ? kept % 2n === 1n : rest >= '5'
  return isUp ? kept + 1n : kept
}
