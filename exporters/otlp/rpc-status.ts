/** `google.rpc.Status` (google/rpc/status.proto), the body of a refusal in protobuf and a detail of one in gRPC. */
export interface RpcStatus {
  readonly message: string
  /** Of a `google.rpc.RetryInfo` among the details. */
  readonly retryDelayMs: number | undefined
}

type Field = { readonly number: number; readonly value: number | Uint8Array }

const retryInfo = 'type.googleapis.com/google.rpc.RetryInfo'

/** Undefined when the bytes are something else. */
export function readRpcStatus(bytes: Uint8Array): RpcStatus | undefined {
  try {
    const fields = [...readFields(bytes)]
    const details = fields.filter(({ number }) => number === 3).map(({ value }) => [...readFields(asBytes(value))])
    const info = details.find((detail) => textOf(detail, 1) === retryInfo)
    return { message: textOf(fields, 2) ?? '', retryDelayMs: info && readRetryDelay(info) }
  } catch {
    return undefined
  }
}

function readRetryDelay(info: readonly Field[]): number {
  const value = info.find(({ number }) => number === 2)?.value
  const delay = value === undefined ? undefined : [...readFields(asBytes(value))].find(({ number }) => number === 1)
  const duration = delay ? [...readFields(asBytes(delay.value))] : []
  const part = (wanted: number): number => Number(duration.find(({ number }) => number === wanted)?.value ?? 0)
  return part(1) * 1000 + part(2) / 1e6
}

function textOf(fields: readonly Field[], wanted: number): string | undefined {
  const value = fields.find(({ number }) => number === wanted)?.value
  return value === undefined ? undefined : new TextDecoder('utf-8', { fatal: true }).decode(asBytes(value))
}

function asBytes(value: number | Uint8Array): Uint8Array {
  if (typeof value === 'number') throw new TypeError('a number where bytes belong')
  return value
}

function* readFields(bytes: Uint8Array): Generator<Field> {
  let position = 0
  const readVarint = (): number => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[position++]
      if (byte === undefined) throw new RangeError('the bytes end too early')
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
  while (position < bytes.length) {
    const tag = readVarint()
    const [number, wire] = [Math.floor(tag / 8), tag % 8]
    if (wire === 0) yield { number, value: readVarint() }
    else if (wire === 2) {
      const end = readVarint() + position
      if (end > bytes.length) throw new RangeError('the bytes end too early')
      yield { number, value: bytes.subarray(position, end) }
      position = end
    } else throw new RangeError(`a field of wire type ${wire} has no place here`)
  }
}
