import { describe, expect, it } from 'vitest'
import { TraceLinks } from '../../exporters/otlp/links/trace-links.ts'
import { maskUrl } from '../../exporters/otlp/mask-url.ts'

describe('an address', () => {
  it.each([
    ['http://localhost:4318/v1/traces', 'http://localhost:4318/v1/traces'],
    ['https://me:word@example.com/v1?key=a/b', 'https://***@example.com/v1?***'],
    ['example.com:4317', 'example.com:4317'],
    [
      'https://example.com/receiver/v1/otlp/ZaVnC4dhaV1oQ9rT7xYp2LmK8sWe5uHb==/v1/traces',
      'https://example.com/receiver/v1/otlp/***/v1/traces',
    ],
    [
      'https://example.com/projects/0b1f3c5a-7d2e-4f60-8a9b-1c2d3e4f5a6b/otlp',
      'https://example.com/projects/0b1f3c5a-7d2e-4f60-8a9b-1c2d3e4f5a6b/otlp',
    ],
    [
      'https://opentelemetry-collector-number-1.example.com/a-path-of-many-words-with-hyphens-between-them',
      'https://opentelemetry-collector-number-1.example.com/a-path-of-many-words-with-hyphens-between-them',
    ],
  ])('%s is shown as %s', (url, shown) => {
    expect(maskUrl(url)).toBe(shown)
  })

  it('of a trace has no password', async () => {
    const template = 'https://me:word@jaeger.example.com/trace/{trace_id}?user=a@b'
    const links = new TraceLinks({ url: new URL('http://localhost:4318'), template })
    expect(await links.linkTo('00ff')).toBe('https://jaeger.example.com/trace/00ff?user=a@b')
  })
})
