import { describe, expect, it } from 'vitest'
import { Masker } from '../../src/masking/masker.ts'
import { secretTexts } from './secret-texts.ts'

const masker = new Masker({ env: {} })
const text = (value: string): string => masker.text(value)

/** Nothing in them is a secret, though some of it looks or sounds like one. */
const harmless = [
  '4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7',
  'c0ffee12-3456-789a-bcde-f0123456789a',
  '5zQZ8nqVxKqDkQ5zQZ8nqV',
  'commit 7446496a13f45c183f94bb9b0236938aeeacb491',
  'openai/gpt-4o-2024-08-06, anthropic/claude-opus-4-5-20251101, hf/meta-llama/Llama-3.1-8B-Instruct',
  'chatcmpl-AbCdEf123456GhIjKl7890 call_AbCdEf123456GhIjKl7890 toolu_01AbCdEf123456GhIjKl7890',
  'the secret is out: token usage was 12,345 tokens, and the key point is trust',
  'task-12345678901234567890 risk-assessment-of-2024-models desk-0123456789012345678901 mask_token_2024',
  'a basic understanding of Basic arithmetic; the bearer of bad news; Bearer authentication/authorization is required',
  '{"max_tokens": 1024, "total_tokens": 99, "token": "Hello", "logprob": -0.1}',
  '{"eos_token": "<|endoftext|>", "tokens": ["api_key", "password"], "required": ["password", "username"]}',
  '{"password": {"type": "string"}, "api_key": null, "cookie": true, "secret": "apple"}',
  'client = OpenAI(api_key=os.environ["OPENAI_API_KEY"], password=get_password())',
  'export OPENAI_API_KEY=$MY_KEY',
  'Cookie: a small cake. Authorization: you must ask Bob first.',
  'https://example.com/@someone/page?page=2&sort=key see mail@example.com',
  'http://localhost:4318/v1/traces answered 404: 404 page not found',
  'git clone ssh://git@github.com/owner/repository.git',
  'sk-learn pipelines, scikit-learn-1.2.3, npm_config_registry_something_long, hf_model_name_of_something_long',
  'EyJ, eyJust words, AKIA is a prefix, -----BEGIN CERTIFICATE-----',
  '2026-11-21T05:56:09.518245+00:00',
  '[masked] and [withheld]',
  '',
]

describe('a masker', () => {
  it.each(secretTexts)('masks $what', ({ given, left }) => {
    expect(text(given)).toBe(left)
  })

  it('masks a secret that JSON writes otherwise, in texts that are JSON four times over', () => {
    const key = 'pass"w\\örd/+&x 9'
    const ofKey = new Masker({ env: { LAB_API_KEY: key } })
    let given = key
    for (let depth = 0; depth <= 4; depth++) {
      expect([depth, ofKey.text(given)]).toEqual([depth, given.replace(/pass.*9/, '[masked]')])
      given = JSON.stringify({ given })
    }
  })

  it.each([0, 1, 2, 3])('leaves JSON whole around a secret in Base64, with %i bytes before it', (before) => {
    const key = 'zebra-crossing-4711'
    const word = Buffer.from('x'.repeat(before) + key).toString('base64')
    const ofKey = new Masker({ env: { LAB_API_KEY: key } })
    const data = { lines: `a\n${word}`, tab: `a\t${word}`, path: `\\${word}`, quoted: `"${word}"` }
    const left = JSON.parse(ofKey.text(JSON.stringify(data))) as object
    const inJson = JSON.parse(ofKey.text(JSON.stringify({ json: JSON.stringify(data) }))) as { json: string }
    for (const shown of [left, JSON.parse(inJson.json) as object]) {
      expect(shown).toEqual({
        lines: 'a\n[masked]',
        tab: 'a\t[masked]',
        path: expect.stringMatching(/^\\.?\[masked\]$/) as string,
        quoted: '"[masked]"',
      })
    }
    const inAscii = String.raw`{"text":"\u00e9${word}"}`
    expect(JSON.parse(ofKey.text(inAscii))).toEqual({ text: 'é[masked]' })
  })

  it.each(harmless)('leaves %j as it is', (value) => {
    expect(text(value)).toBe(value)
  })

  it('leaves what it has masked as it is', () => {
    const once = secretTexts.map(({ given }) => text(given))
    expect(once.map(text)).toEqual(once)
  })

  it.each(secretTexts)('finds $what at each level of JSON, and leaves JSON', ({ given, secret }) => {
    const nested = JSON.stringify({ note: given, list: [`before ${given}`, 'after'] })
    expect(text(nested)).not.toContain(secret)
    const twice = JSON.stringify({ content: nested })
    expect(text(twice)).not.toContain(secret)
    expect(text(text(twice))).toBe(text(twice))
  })

  it.each(secretTexts)('concerns itself with JSON text that holds $what', ({ given }) => {
    const once = JSON.stringify({ name: `x\n${given}` })
    expect([once, JSON.stringify({ content: once })].map((json) => masker.concerns(json))).toEqual([true, true])
  })

  it('holds to that for whatever is put together of such texts and their parts', () => {
    const environment = { A_KEY: 'wJalrXUt/nFEMI/K7+b', B_PASSWORD: 'correct-horse battery', C_PASS: 'p"a\\s\ns"w\'o' }
    const known = new Masker({ env: environment })
    const random = randomFrom(7)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
    const all = [...secretTexts.map(({ given }) => given), ...Object.values(environment), ...parts]
    const unsteady: string[] = []
    const unnoticed: string[] = []
    for (let count = 0; count < 4_000; count++) {
      const plain = Array.from({ length: 1 + Math.floor(random() * 7) }, () => {
        const part = pick(all)
        return random() < 0.15 ? part.slice(0, Math.floor(random() * part.length)) : part
      }).join('')
      const given = random() < 0.2 ? JSON.stringify({ a: plain }) : plain
      const once = known.text(given)
      if (known.text(once) !== once) unsteady.push(given)
      if (once !== given && !known.concerns(JSON.stringify({ x: given }))) unnoticed.push(given)
    }
    expect({ unsteady, unnoticed }).toEqual({ unsteady: [], unnoticed: [] })
  })

  it('takes no longer for hostile texts than their length asks', () => {
    const units = [
      'a',
      ' ',
      '\\',
      '"',
      '@',
      '=',
      '://',
      ':\\',
      'sk-',
      'eyJ',
      '-eyJ',
      '\\neyJ-',
      '.eyJaaaaaaaaa',
      'SG.',
      '.SG-',
      'password="',
      'password\\',
      '"cookie": \'',
      "authorization: '",
      '?a',
      '&key=',
      'a.b-',
      'API_KEY=',
      'bearer ',
      'basic a',
      '-----BEGIN PRIVATE KEY-----',
      'hooks.slack.com/services/',
      '[masked]',
      '["authorization",',
      'x-api-key',
      'token: ',
      "('cookie', '",
    ]
    const slow = units.filter((unit) => {
      const hostile = unit.repeat(Math.ceil(2 ** 20 / unit.length))
      const began = performance.now()
      text(hostile)
      text(`${hostile}x`)
      masker.concerns(hostile)
      return performance.now() - began > 2_000
    })
    expect(slow).toEqual([])
  })
})

const parts = [
  ...'" \' \\ \\" : = , ; & ? # { } [ ] ( ) < > @ :// / \\n \\r\\n ` - _ . % %3D \\u0026 =>'.split(' '),
  ' ',
  '\n',
  '\r\n',
  '\t',
  'ü',
  '\ud800',
  '[masked]',
  '[withheld]',
  '[masked',
  'masked]',
  'AbCd1234'.repeat(4),
  'password',
  'api_key',
  'Authorization: ',
  'Cookie: ',
  'x-api-key',
  'token',
  'secret',
  'Bearer ',
  'Basic ',
  'API_KEY=',
  'Password=',
  '?key=',
  '&token=',
  'sig=',
  '"name"',
  '"value"',
  '"password": "',
  "'password': b'",
  'eyJ',
  'sk-',
  '-----BEGIN PRIVATE KEY-----',
  '-----END PRIVATE KEY-----',
  'https://',
  'user:pass',
  '@host',
]

/** From 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
