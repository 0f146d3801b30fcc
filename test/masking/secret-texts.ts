interface SecretText {
  readonly what: string
  readonly given: string
  readonly left: string
  /** What must be in it no more. */
  readonly secret: string
}

const letters = 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefghijklmnopqrstuvwxyz'
const hex = '0123456789abcdef'.repeat(4)

/** Keys by their makers, put together here so that no scanner takes this file for a leak. */
const keys: { readonly [what: string]: string } = {
  'an OpenAI key': `sk-${letters.slice(0, 48)}`,
  'an OpenAI project key': `sk-proj-${letters.slice(0, 20)}_${letters.slice(0, 30)}-x`,
  'an Anthropic key': `sk-ant-api03-${letters.slice(0, 40)}-_AA`,
  'an OpenRouter key': `sk-or-v1-${hex}`,
  'a Google API key': `AIza${letters.slice(0, 35)}`,
  'a Google access token': `ya29.a0${letters.slice(0, 40)}`,
  'an AWS access key id': `AKIA${letters.slice(0, 30).toUpperCase().slice(0, 16)}`,
  'a temporary AWS access key id': `ASIA${letters.slice(0, 30).toUpperCase().slice(0, 16)}`,
  'a GitHub token': `ghp_${letters.slice(0, 36)}`,
  'a fine-grained GitHub token': `github_pat_${letters.slice(0, 22)}_${letters.slice(0, 59)}`,
  'a GitLab token': `glpat-${letters.slice(0, 10)}-${letters.slice(0, 9)}`,
  'a Slack bot token': `xoxb-123456789012-1234567890123-${letters.slice(0, 24)}`,
  'a Slack app token': `xapp-1-A0123-456-${hex}`,
  'a Hugging Face token': `hf_${letters.slice(0, 34)}`,
  'a Groq key': `gsk_${letters.slice(0, 52)}`,
  'a Replicate token': `r8_${letters.slice(0, 37)}`,
  'a Perplexity key': `pplx-${letters.slice(0, 48)}`,
  'an xAI key': `xai-${letters.slice(0, 60)}`,
  'an NVIDIA key': `nvapi-${letters.slice(0, 30)}_-${letters.slice(0, 30)}`,
  'a Databricks token': `dapi${hex.slice(0, 32)}-2`,
  'an npm token': `npm_${letters.slice(0, 36)}`,
  'a PyPI token': `pypi-AgEIcHlwaS5vcmc${letters.slice(0, 60)}`,
  'a JSON web token': `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${letters.slice(0, 43)}`,
  'a Stripe key': `sk_live_${letters.slice(0, 24)}`,
  'a SendGrid key': `SG.${letters.slice(0, 22)}.${letters.slice(0, 43)}`,
  'a LangSmith key': `lsv2_pt_${hex.slice(0, 32)}_0123456789`,
  'a Langfuse key': 'sk-lf-01234567-89ab-cdef-0123-456789abcdef',
  'a W&B key': `wandb_v1_${letters.slice(0, 50)}`,
  'a Tavily key': `tvly-dev-${letters.slice(0, 32)}`,
  'a Vault token': `hvs.${letters.slice(0, 40)}`,
  'a private key': `-----BEGIN RSA PRIVATE KEY-----\n${letters}\n${letters}==\n-----END RSA PRIVATE KEY-----`,
}

const shaped = Object.entries(keys).map(([what, key]): SecretText => ({
  what,
  given: `it is ${key}, they said`,
  left: 'it is [masked], they said',
  secret: key.slice(-20),
}))

function inContext(what: string, given: string, left: string, secret: string): SecretText {
  return { what, given, left, secret }
}

const value = 'hunter2-and-more'

const contextual: readonly SecretText[] = [
  inContext(
    'a key after an escaped line break',
    `a\\n${keys['an OpenAI project key']}\\nb`,
    'a\\n[masked]\\nb',
    'AbCdEf',
  ),
  inContext('a key in a URL-encoded query', `q%3D${keys['a Hugging Face token']}%26x`, 'q%3D[masked]%26x', 'AbCdEf'),
  inContext(
    'a private key that was cut off',
    `-----BEGIN PRIVATE KEY-----\\n${letters}\\n${letters.slice(0, 9)}`,
    '[masked]',
    letters.slice(0, 9),
  ),
  inContext(
    'a user and password in a URL',
    `postgres://admin:${value}@db:5432/x`,
    'postgres://[masked]@db:5432/x',
    value,
  ),
  inContext('a password with an @ in it', 'https://me:p@ss-word@host/', 'https://[masked]@host/', 'ss-word'),
  inContext(
    'a token as a user in a URL',
    `see https://${value}@github.com/x.`,
    'see https://[masked]@github.com/x.',
    value,
  ),
  inContext('an escaped URL', `https:\\/\\/me:${value}@host`, 'https:\\/\\/[masked]@host', value),
  inContext(
    'credentials in a query',
    `https://h/p?a=1&api_key=${value}&b=2&key=${value}#x`,
    'https://h/p?a=1&api_key=[masked]&b=2&key=[masked]#x',
    value,
  ),
  inContext(
    'a signed URL',
    `https://b/o?se=2026&sig=${value}%3D&X-Amz-Signature=${value}&x=1`,
    'https://b/o?se=2026&sig=[masked]&X-Amz-Signature=[masked]&x=1',
    value,
  ),
  inContext(
    'an access token in a fragment',
    `https://h/#access_token=${value}&x=1`,
    'https://h/#access_token=[masked]&x=1',
    value,
  ),
  inContext(
    'a form',
    `grant_type=x&client_secret=${value}&refresh_token=${value}`,
    'grant_type=x&client_secret=[masked]&refresh_token=[masked]',
    value,
  ),
  inContext(
    'a bearer token',
    `curl -H 'Authorization: Bearer ${value}' https://h`,
    "curl -H 'Authorization: [masked]' https://h",
    value,
  ),
  inContext('a bearer token in a sentence', `sent Bearer ${value}, got 401`, 'sent Bearer [masked], got 401', value),
  inContext(
    'basic credentials',
    'sent Basic dXNlcjpodW50ZXIyCg== to it',
    'sent Basic [masked] to it',
    'dXNlcjpodW50ZXIyCg',
  ),
  inContext('a field', `{"api_key": "${value}", "n": 1}`, '{"api_key": "[masked]", "n": 1}', value),
  inContext(
    'a field with a quote in it',
    `{"password":"a\\"${value}\\\\","n":"x"}`,
    '{"password":"[masked]","n":"x"}',
    value,
  ),
  inContext(
    'a field of JSON in JSON',
    `{"body": "{\\"client_secret\\": \\"a\\\\\\"${value}\\", \\"n\\": 1}"}`,
    '{"body": "{\\"client_secret\\": \\"[masked]\\", \\"n\\": 1}"}',
    value,
  ),
  inContext(
    'a field that was cut off',
    `{"headers": {"x-goog-api-key": "${value}`,
    '{"headers": {"x-goog-api-key": "[masked]',
    value,
  ),
  inContext('a field in camel case', `{ accessToken: '${value}' }`, "{ accessToken: '[masked]' }", value),
  inContext(
    'a dictionary of Python',
    `{'Authorization': 'Bearer ${value}', 'n': 1}`,
    "{'Authorization': '[masked]', 'n': 1}",
    value,
  ),
  inContext(
    'an argument of Python',
    `OpenAI(api_key='${value}', timeout=3)`,
    "OpenAI(api_key='[masked]', timeout=3)",
    value,
  ),
  inContext(
    'headers as pairs of bytes',
    `[(b'host', b'h'), (b'x-api-key', b'${value}')]`,
    "[(b'host', b'h'), (b'x-api-key', b'[masked]')]",
    value,
  ),
  inContext(
    'headers as records',
    `[{"name": "cookie", "value": "s=${value}"}, {"name": "host", "value": "h"}]`,
    '[{"name": "cookie", "value": "[masked]"}, {"name": "host", "value": "h"}]',
    value,
  ),
  inContext(
    'a dump of headers',
    `GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Token ${value}\r\nCookie: a="1"; s=${value}\r\nX-Api-Key: ${value}\r\n\r\nbody`,
    'GET / HTTP/1.1\r\nHost: h\r\nAuthorization: [masked]\r\nCookie: [masked]\r\nX-Api-Key: [masked]\r\n\r\nbody',
    value,
  ),
  inContext(
    'a dump of headers in JSON',
    `"> Set-Cookie: s=${value}; Path=/\\r\\n> Host: h"`,
    '"> Set-Cookie: [masked]\\r\\n> Host: h"',
    value,
  ),
  inContext(
    'a header in a sentence',
    `it has authorization: ${value}, though`,
    'it has authorization: [masked], though',
    value,
  ),
  inContext(
    'a line of a shell',
    `export DB_PASSWORD=correcthorse HOME=/root`,
    'export DB_PASSWORD=[masked] HOME=/root',
    'correcthorse',
  ),
  inContext(
    'a file of AWS credentials',
    'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY1\nregion = x',
    'aws_secret_access_key = [masked]\nregion = x',
    'wJalrXUtnFEMI',
  ),
  inContext(
    'a connection string',
    `AccountName=x;AccountKey=${letters}==;EndpointSuffix=y Server=s;Password=swordfish;`,
    'AccountName=x;AccountKey=[masked];EndpointSuffix=y Server=s;Password=[masked];',
    'swordfish',
  ),
  inContext(
    'a webhook of Slack',
    'https://hooks.slack.com/services/T0001/B0002/abcdefghij now',
    'https://hooks.slack.com/services/[masked] now',
    'abcdefghij',
  ),
]

/** Texts with a secret, and what a masker of an empty environment leaves of them. */
export const secretTexts: readonly SecretText[] = [...shaped, ...contextual]
