import { describe, expect, it } from 'vitest'
import { secretsOf } from '../../src/masking/environment.ts'
import { Masker } from '../../src/masking/masker.ts'

describe('secrets of an environment', () => {
  it.each([
    [
      'values of variables whose names say so',
      { OPENAI_API_KEY: 'correct-horse', AWS_SECRET_ACCESS_KEY: '/battery/staple+' },
    ],
    [
      'names of one word',
      { PGPASSWORD: 'correct-horse', GHTOKEN: 'battery-staple', npm_config__authToken: 'third-secret' },
    ],
    ['words at the beginning and with numbers', { TOKEN_FOR_CI: 'correct-horse', DB_PASS2: 'battery-staple' }],
  ])('are %s', (_what, environment) => {
    expect(secretsOf(environment)).toEqual(Object.values(environment))
  })

  it('are no words that merely hold such a word, no paths, numbers and short values', () => {
    const harmless = {
      PWD: '/home/someone',
      OLDPWD: '/home/someone/else',
      PATH: '/usr/bin:/usr/local/bin',
      SSH_AUTH_SOCK: '/tmp/ssh-XXXX/agent.1',
      KEYBOARD_LAYOUT: 'en_US.UTF-8',
      TOKENIZERS_PARALLELISM: 'disabled',
      MONKEY: 'a-monkey-of-wonder',
      GOOGLE_APPLICATION_CREDENTIALS: '/home/someone/key.json',
      OTEL_EXPORTER_OTLP_CLIENT_KEY: 'certs/client.pem',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/token',
      MAX_TOKEN_COUNT: '12345678',
      ID_TOKEN: 'disabled',
      TOKEN_URL: 'https://idp.example.com/oauth/token',
      SHORT_SECRET: '1234567',
      EMPTY_SECRET: '',
    }
    expect(secretsOf(harmless)).toEqual([])
  })

  it('are the values of headers, decoded and without their scheme', () => {
    expect(
      secretsOf({
        OTEL_EXPORTER_OTLP_HEADERS:
          'Authorization=Bearer%20correct-horse,x-team=battery%2Bstaple,content-type=application/json',
        CUSTOM_HEADERS: 'Authorization: Basic dXNlcjpjb3JyZWN0LXN0YXBsZQ==\nX-Short: 1',
      }),
    ).toEqual([
      'Bearer%20correct-horse',
      'Bearer correct-horse',
      'correct-horse',
      'battery%2Bstaple',
      'battery+staple',
      'Basic dXNlcjpjb3JyZWN0LXN0YXBsZQ==',
      'dXNlcjpjb3JyZWN0LXN0YXBsZQ==',
      'user:correct-staple',
      'correct-staple',
    ])
  })

  it('are the passwords of URLs and of connection strings', () => {
    expect(
      secretsOf({
        DATABASE_URL: 'postgres://postgres:correct%2Fhorse@db/x',
        REPOSITORY: 'https://battery-staple@github.com/x',
        SENTRY_DSN: 'https://0123456789abcdef@sentry.example.com/1',
        AZURE_STORAGE_CONNECTION_STRING: 'AccountName=devstore;AccountKey=third+secret==;EndpointSuffix=core',
        SIGNED_KEY_URL: 'https://x/y?sig=fourth%2Bsecret',
      }),
    ).toEqual([
      'postgres:correct%2Fhorse',
      'correct%2Fhorse',
      'postgres:correct/horse',
      'correct/horse',
      'battery-staple',
      'https://0123456789abcdef@sentry.example.com/1',
      '0123456789abcdef',
      'AccountName=devstore;AccountKey=third+secret==;EndpointSuffix=core',
      'third+secret==',
      'fourth%2Bsecret',
      'fourth+secret',
    ])
  })
})

describe('a masker of an environment', () => {
  const secret = 'p"ä/ss\\w+rd é\n!'
  const masker = new Masker({ env: { MY_PASSWORD: secret, MY_TOKEN: 'plain0secret' } })
  const json = JSON.stringify(secret).slice(1, -1)
  const forms = {
    itself: secret,
    'in JSON': json,
    'in JSON in JSON': JSON.stringify(json).slice(1, -1),
    'in JSON of Python': json.replace(/[^\x20-\x7e]/g, (unit) => `\\u00${unit.charCodeAt(0).toString(16)}`),
    'in a URL': encodeURIComponent(secret),
    'in a form': encodeURIComponent(secret).replaceAll('%20', '+'),
  }

  it.each(Object.entries(forms))('knows a value %s', (_what, form) => {
    expect(masker.text(`a ${form} b ${form}`)).toBe('a [masked] b [masked]')
    expect(masker.concerns(JSON.stringify({ x: [`a ${form}`] }))).toBe(true)
  })

  it.each(['', 'a', 'ab', 'user:', 'user::'])(
    'knows a value in Base64 after %j, and masks the whole word',
    (before) => {
      for (const encoding of ['base64', 'base64url'] as const) {
        const encoded = Buffer.from(`${before}plain0secret, and ${secret}`).toString(encoding)
        expect(masker.text(`x ${encoded} y`)).toBe('x [masked] y')
        expect(masker.concerns(JSON.stringify({ x: encoded }))).toBe(true)
      }
    },
  )

  it('is not led astray by secrets that hold each other or the mark', () => {
    const nested = new Masker({
      env: { A_KEY: 'abcdefgh', B_KEY: 'abcdefghijkl', C_KEY: '[masked]', D_KEY: 'masked]x' },
    })
    expect(nested.text('abcdefghijkl abcdefgh [masked]')).toBe('[masked] [masked] [masked]')
    expect(nested.text(nested.text('abcdefghx'))).toBe(nested.text('abcdefghx'))
  })
})
