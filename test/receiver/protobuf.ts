import { messages, type Field } from './schema.ts'

type Json = Record<string, unknown>

/** Reads protobuf into the shape that OTLP/JSON has, with 64-bit integers as strings. */
export function decode(bytes: Uint8Array, message: string): Json {
  const fields = messages.get(message)!
  const reader = new Reader(bytes)
  const result: Json = {}
  while (!reader.atEnd) {
    const tag = Number(reader.varint())
    const [number, wire] = [tag >> 3, tag & 7]
    const field = fields.get(number)
    if (!field) throw new Error(`${message} has no field ${number}`)
    if (!field.repeated) result[field.name] = read(reader, field)
    else {
      const values = (result[field.name] as unknown[] | undefined) ?? []
      if (wire === 2 && (field.type === 'fixed64' || field.type === 'double')) {
        const packed = new Reader(reader.bytes())
        while (!packed.atEnd) values.push(read(packed, field))
      } else values.push(read(reader, field))
      result[field.name] = values
    }
  }
  return result
}

function read(reader: Reader, { type }: Field): unknown {
  switch (type) {
    case 'string':
      return new TextDecoder('utf-8', { fatal: true }).decode(reader.bytes())
    case 'hex':
      return Buffer.from(reader.bytes()).toString('hex')
    case 'base64':
      return Buffer.from(reader.bytes()).toString('base64')
    case 'bool':
      return reader.varint() !== 0n
    case 'varint':
      return Number(BigInt.asIntN(64, reader.varint()))
    case 'fixed32':
      return reader.fixed32()
    case 'fixed64':
      return String(reader.fixed64())
    case 'double':
      return reader.double()
    default:
      return decode(reader.bytes(), type)
  }
}

class Reader {
  readonly #view: DataView
  readonly #bytes: Uint8Array
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get atEnd(): boolean {
    return this.#position >= this.#bytes.length
  }

  varint(): bigint {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#view.getUint8(this.#position++)
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }

  bytes(): Uint8Array {
    const length = Number(this.varint())
    const begin = this.#position
    this.#position += length
    if (this.#position > this.#bytes.length) throw new RangeError('the bytes end too early')
    return this.#bytes.subarray(begin, this.#position)
  }

  fixed32(): number {
    this.#position += 4
    return this.#view.getUint32(this.#position - 4, true)
  }

  fixed64(): bigint {
    this.#position += 8
    return this.#view.getBigUint64(this.#position - 8, true)
  }

  double(): number {
    this.#position += 8
    return this.#view.getFloat64(this.#position - 8, true)
  }
}

/** A protobuf message of `[field, text or number or bytes]`, for answers. */
export function encode(...fields: readonly (readonly [number, string | number | Uint8Array])[]): Buffer {
  return Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === 'number') return Buffer.concat([varint(number * 8), varint(value)])
      const bytes = Buffer.from(value as Uint8Array)
      return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes])
    }),
  )
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128)
  return Buffer.from([...bytes, value])
}
