import { describe, expect, it } from 'vitest'
import { parse, stringify } from '../../src/inspect/json.ts'

function messageOf(text: string): string {
  try {
    parse(text)
  } catch (error) {
    return (error as Error).message
  }
  return 'parsed'
}

describe('parse', () => {
  it('reads NaN and infinities wherever a number can stand', () => {
    expect(parse('{"a":NaN,"b":[Infinity, -Infinity ,NaN],"c":{"d":\nNaN\n}}')).toStrictEqual({
      a: Number.NaN,
      b: [Infinity, -Infinity, Number.NaN],
      c: { d: Number.NaN },
    })
    expect([parse('NaN'), parse(' -Infinity ')]).toStrictEqual([Number.NaN, -Infinity])
  })

  it('keeps integers beyond 2^53 as decimal strings', () => {
    expect(
      parse('[9007199254740991,9007199254740992,-9007199254740992,-9007199254740991,12345678901234567890123]'),
    ).toStrictEqual([
      9007199254740991,
      '9007199254740992',
      '-9007199254740992',
      -9007199254740991,
      '12345678901234567890123',
    ])
    expect(parse('18446744073709551616')).toBe('18446744073709551616')
    expect(parse('{"a":NaN,"seed":9007199254740993}')).toStrictEqual({ a: Number.NaN, seed: '9007199254740993' })
  })

  it('leaves floats of many digits, and large ones, numbers', () => {
    const text =
      '[0.30000000000000004,4226365.741234567,1e21,123456789012345678.0,1234567890123456789e3,-1.5e+300,1e400,-0.0]'
    expect(parse(text)).toStrictEqual([
      0.30000000000000004,
      4226365.741234567,
      1e21,
      123456789012345680,
      1.2345678901234568e21,
      -1.5e300,
      Infinity,
      -0,
    ])
    expect(parse(text.replace('[', '[9007199254740993,'))).toStrictEqual([
      '9007199254740993',
      ...(parse(text) as number[]),
    ])
  })

  it('does not touch what only looks like a token inside strings and keys', () => {
    const text =
      '{"NaN":"[NaN, Infinity, 12345678901234567890]","a\\"b":"\\\\","c":"\\\\\\",NaN,","12345678901234567890":NaN}'
    expect(parse(text)).toStrictEqual({
      NaN: '[NaN, Infinity, 12345678901234567890]',
      'a"b': '\\',
      c: '\\",NaN,',
      '12345678901234567890': Number.NaN,
    })
  })

  it('keeps lone surrogates, and keeps the text of an escape a text', () => {
    expect(parse('["\\ud83d","\\\\ud83d","\\ud83d\\ude00"]')).toStrictEqual(['\ud83d', '\\ud83d', '😀'])
    expect(parse('["\\ud83d",NaN]')).toStrictEqual(['\ud83d', Number.NaN])
  })

  it('keeps a field named __proto__', () => {
    const value = parse('{"__proto__":{"a":NaN},"b":NaN}') as object
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(stringify(value)).toBe('{"__proto__":{"a":NaN},"b":NaN}')
  })

  it('says where a text stops being JSON', () => {
    expect([
      messageOf(''),
      messageOf('{"a": 1'),
      messageOf('{"a": NaN, "b": nan}'),
      messageOf('{"a": 12345678901234567890, "b" 1}'),
      messageOf('[1, 2,]'),
      messageOf('{"a": "b\nc"}'),
      messageOf('{"a": "\\x"}'),
      messageOf('{NaN: 1}'),
      messageOf('[1Infinity]'),
      messageOf('[00000000000000000001]'),
      messageOf('[NaN] x'),
      messageOf('["unclosed'),
      messageOf(`["${'x'.repeat(100)}", oops, "${'y'.repeat(100)}"]`),
    ]).toMatchInlineSnapshot(`
      [
        "not valid JSON: it ends too early, at position 0",
        "not valid JSON: it ends too early, at position 7",
        "not valid JSON at position 16",
        "not valid JSON at position 32",
        "not valid JSON at position 6",
        "not valid JSON at position 8",
        "not valid JSON at position 7",
        "not valid JSON at position 1",
        "not valid JSON at position 1",
        "not valid JSON at position 1",
        "not valid JSON at position 6",
        "not valid JSON: it ends too early, at position 10",
        "not valid JSON at position 105",
      ]
    `)
  })

  it('reads text that is nested deeper than the stack', () => {
    const depth = 200_000
    const text = `${'['.repeat(depth)}NaN,12345678901234567890${']'.repeat(depth)}`
    let value = parse(text)
    for (let level = 1; level < depth; level += 1) value = (value as unknown[])[0]
    expect(value).toStrictEqual([Number.NaN, '12345678901234567890'])
  })

  it('copes with long strings, many quotes and long runs of digits and backslashes', () => {
    const hard = ['\\"'.repeat(200_000), '\\\\'.repeat(200_000), '9'.repeat(200_000), '{[,:NaN '.repeat(50_000)]
    const text = `[NaN,${hard.map((content) => `"${content}"`).join(',')},${'9'.repeat(200_000)},${' '.repeat(200_000)}1]`
    expect(parse(text)).toStrictEqual([
      Number.NaN,
      '"'.repeat(200_000),
      '\\'.repeat(200_000),
      '9'.repeat(200_000),
      '{[,:NaN '.repeat(50_000),
      '9'.repeat(200_000),
      1,
    ])
  })
})

describe('stringify', () => {
  it('writes NaN and infinities bare and leaves out undefined', () => {
    expect(stringify({ a: Number.NaN, b: [Infinity, -Infinity, undefined], c: undefined, d: -0, e: 'NaN' })).toBe(
      '{"a":NaN,"b":[Infinity,-Infinity,null],"d":-0.0,"e":"NaN"}',
    )
    expect(stringify(undefined)).toBe('null')
    expect(stringify({ at: new Date(0), value: Number.NaN })).toBe('{"at":"1970-01-01T00:00:00.000Z","value":NaN}')
  })

  it('is read back as the same value', () => {
    const values = [
      null,
      'plain',
      -0,
      1e21,
      5e-324,
      Number.MAX_SAFE_INTEGER,
      Number.MAX_VALUE,
      {
        nan: Number.NaN,
        list: [-Infinity, [-0, { deep: Infinity }]],
        '': '',
        'a"\\\n\u2028': '\ud83d \\ud83d "NaN" \u0000',
      },
      { big: '12345678901234567890123', seed: '9007199254740993' },
      [[], {}, [[]], [{}]],
      Array.from({ length: 50 }, (_, index) => Math.sin(index) * 10 ** (index - 25)),
    ]
    for (const value of values) expect(parse(stringify(value))).toStrictEqual(value)
  })
})
