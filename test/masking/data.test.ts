import { describe, expect, it } from 'vitest'
import { Masker } from '../../src/masking/masker.ts'

const masker = new Masker({ env: { MY_TOKEN: 'correct-horse' } })

describe('JSON data', () => {
  it('is masked by the names of its fields, by pairs and records of headers, and by its texts', () => {
    const request = {
      model: 'gpt-4o',
      max_tokens: 1024,
      headers: {
        Authorization: 'Bearer x',
        'x-api-key': 'y',
        'Content-Type': 'application/json',
        'Set-Cookie': ['a=1', 'b=2'],
      },
      raw_headers: [
        ['proxy-authorization', 'Basic z'],
        ['host', 'h'],
      ],
      har: [
        { name: 'Cookie', value: 's=1' },
        { name: 'host', value: 'h' },
      ],
      password: { type: 'string' },
      api_key: null,
      secret: 'apple',
      token: '0123456789abcdef',
      'key correct-horse': 'it is correct-horse',
      empty: { password: '' },
    }
    expect(masker.data(request)).toEqual({
      ...request,
      headers: {
        Authorization: '[masked]',
        'x-api-key': '[masked]',
        'Content-Type': 'application/json',
        'Set-Cookie': ['[masked]', '[masked]'],
      },
      raw_headers: [
        ['proxy-authorization', '[masked]'],
        ['host', 'h'],
      ],
      har: [
        { name: 'Cookie', value: '[masked]' },
        { name: 'host', value: 'h' },
      ],
      token: '[masked]',
      'key correct-horse': undefined,
      'key [masked]': 'it is [masked]',
    })
  })

  it('stays the same object where nothing is masked, and is never changed', () => {
    const data = Object.freeze({
      list: Object.freeze([Object.freeze({ text: 'correct-horse' }), 1, null]),
      other: Object.freeze({ a: ['b'] }),
    })
    const masked = masker.data(data)
    expect(masked).toEqual({ list: [{ text: '[masked]' }, 1, null], other: { a: ['b'] } })
    expect(masked.other).toBe(data.other)
    expect(masker.data(masked)).toBe(masked)
  })

  it('keeps fields with odd names', () => {
    const data = JSON.parse('{"__proto__": {"x": "correct-horse"}, "constructor": "correct-horse"}') as object
    expect(JSON.stringify(masker.data(data))).toBe('{"__proto__":{"x":"[masked]"},"constructor":"[masked]"}')
  })
})
