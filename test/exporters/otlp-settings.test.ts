import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readMetricInterval, readSettings } from '../../exporters/otlp/settings.ts'
import { readTemporality } from '../../exporters/otlp/temporality.ts'
import { resourceFromEnvironment } from '../../src/delivery/resource.ts'
import { EvalspanError } from '../../src/errors.ts'
import { makeCertificates } from '../receiver/certificates.ts'
import { environment } from './environment.ts'

function messageOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    expect(error).toMatchObject({ name: 'EvalspanError', code: 'BAD_OPTION' })
    return (error as EvalspanError).message
  }
  return 'no error'
}

function read(variables: NodeJS.ProcessEnv): () => unknown {
  return () => readSettings('traces', variables)
}

describe('the endpoint of a signal', () => {
  it.each([
    ['http://host:4318', 'http://host:4318/v1/traces'],
    ['http://host:4318/', 'http://host:4318/v1/traces'],
    ['http://host/otlp', 'http://host/otlp/v1/traces'],
    ['http://host/otlp//', 'http://host/otlp/v1/traces'],
    ['https://host/otlp?tenant=a', 'https://host/otlp/v1/traces?tenant=a'],
    ['https://me:secret@host/', 'https://host/v1/traces'],
    ['http://[::1]:4318', 'http://[::1]:4318/v1/traces'],
    ['  http://host  ', 'http://host/v1/traces'],
  ])('that is %j for all is %s', (value, url) => {
    expect(readSettings('traces', { OTEL_EXPORTER_OTLP_ENDPOINT: value }).url.href).toBe(url)
  })

  it('is taken as it is where it is set for the signal', () => {
    const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://all', OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://logs/in/' }
    expect(readSettings('logs', variables)).toMatchObject({ url: new URL('http://logs/in/'), specific: true })
    expect(readSettings('metrics', variables)).toMatchObject({ url: new URL('http://all/v1/metrics'), specific: false })
  })

  it.each([
    ['host:4317', undefined, 'https://host:4317/'],
    ['host:4317', 'true', 'http://host:4317/'],
    ['https://host:4317', 'true', 'https://host:4317/'],
    ['http://host:4317', undefined, 'http://host:4317/'],
    ['http://host:4317/ignored', undefined, 'http://host:4317/ignored'],
  ])('for gRPC: %j with INSECURE=%j is %s', (endpoint, insecure, url) => {
    const variables = {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_INSECURE: insecure,
    }
    expect(readSettings('traces', variables).url.href).toBe(url)
  })

  it.each([
    ['host:4318', 'host:4318'],
    ['http//me:secret@host', 'http//***@host'],
    ['me:sec@ret@host?key=1', '***@host?***'],
    ['ftp://host', 'ftp://host'],
    ['http://', 'http://'],
  ])('cannot be %j, which is shown as %j', (value, shown) => {
    expect(messageOf(() => readSettings('traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: value }))).toBe(
      `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is "${shown}", which is no URL: write it like http://localhost:4318`,
    )
  })
})

describe('the settings of a signal', () => {
  it('have no timeout that timers cannot hold', () => {
    expect(readSettings('traces', { OTEL_EXPORTER_OTLP_TIMEOUT: '1e15' }).timeoutMs).toBe(86_400_000)
  })

  it('have the defaults of the specification', () => {
    expect(readSettings('traces', {})).toEqual({
      signal: 'traces',
      protocol: 'http/protobuf',
      url: new URL('http://localhost:4318/v1/traces'),
      specific: false,
      headers: {},
      endpointVariable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
      headersVariable: 'OTEL_EXPORTER_OTLP_HEADERS',
      certificateVariable: 'OTEL_EXPORTER_OTLP_CERTIFICATE',
      timeoutMs: 10_000,
      gzip: false,
      tls: { ca: undefined, cert: undefined, key: undefined },
      variables: [],
    })
  })

  it('are told by their variables, without what may be secret', () => {
    const { variables } = readSettings('logs', {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://me:secret@backend:4318/base?key=secret',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://elsewhere',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=secret,c2VjcmV0==',
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'x-key=secret',
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    })
    expect(variables).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT=https://***@backend:4318/base?***',
      'OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=http/protobuf',
      'OTEL_EXPORTER_OTLP_LOGS_HEADERS (set)',
      'OTEL_EXPORTER_OTLP_HEADERS (set)',
      'OTEL_EXPORTER_OTLP_TIMEOUT=500',
    ])
  })

  it('prefer what is set for the signal', () => {
    const settings = readSettings('metrics', {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_TIMEOUT: '1',
      OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '2500',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
      OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20YTpi==, x-a=1,,x-b=2',
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'x-b=3',
    })
    expect(settings).toMatchObject({
      protocol: 'http/json',
      timeoutMs: 2500,
      gzip: true,
      headers: { authorization: 'Basic YTpi==', 'x-a': '1', 'x-b': '3' },
      headersVariable: 'OTEL_EXPORTER_OTLP_METRICS_HEADERS',
    })
  })

  it.each([
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'http' },
      'OTEL_EXPORTER_OTLP_PROTOCOL is "http": write one of http/protobuf, http/json, grpc',
    ],
    [
      { OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'zip' },
      'OTEL_EXPORTER_OTLP_TRACES_COMPRESSION is "zip": write one of gzip, none',
    ],
    [{ OTEL_EXPORTER_OTLP_TIMEOUT: '10s' }, 'OTEL_EXPORTER_OTLP_TIMEOUT is "10s": write milliseconds'],
    [
      { OTEL_EXPORTER_OTLP_HEADERS: 'a=1,secret' },
      'OTEL_EXPORTER_OTLP_HEADERS: pair 2 has no "="; write name=value pairs with commas between them',
    ],
    [
      { OTEL_EXPORTER_OTLP_HEADERS: 'a b=1' },
      'OTEL_EXPORTER_OTLP_HEADERS: pair 1 has no usable name; write name=value pairs with commas between them',
    ],
    [
      { OTEL_EXPORTER_OTLP_HEADERS: 'a=100%' },
      'OTEL_EXPORTER_OTLP_HEADERS: the value of a is not percent-encoded right; write name=value pairs with commas between them',
    ],
    [
      { OTEL_EXPORTER_OTLP_HEADERS: 'a=b%0Ac' },
      'OTEL_EXPORTER_OTLP_HEADERS: the value of a has characters that no header can have; write name=value pairs with commas between them',
    ],
  ])('cannot be made of %j', (variables, message) => {
    expect(messageOf(() => readSettings('traces', variables))).toBe(message)
  })

  it('name the variable of a certificate that cannot be used', () => {
    const { paths } = makeCertificates()
    const folder = mkdtempSync(join(tmpdir(), 'evalspan-'))
    const garbage = join(folder, 'garbage.pem')
    writeFileSync(garbage, 'no certificate')
    expect(messageOf(read({ OTEL_EXPORTER_OTLP_CERTIFICATE: join(folder, 'none.pem') }))).toMatch(
      /^OTEL_EXPORTER_OTLP_CERTIFICATE names no usable PEM file: ENOENT/,
    )
    expect(messageOf(read({ OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: garbage }))).toMatch(
      /^OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE names no usable PEM file: /,
    )
    expect(messageOf(read({ OTEL_EXPORTER_OTLP_CLIENT_KEY: paths.clientKey }))).toBe(
      'OTEL_EXPORTER_OTLP_CLIENT_KEY is set, but not OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: set both',
    )
    const mixed = {
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: paths.client,
      OTEL_EXPORTER_OTLP_CLIENT_KEY: paths.serverKey,
    }
    expect(messageOf(read(mixed))).toMatch(/^OTEL_EXPORTER_OTLP_CLIENT_KEY names no usable PEM file: .*mismatch/)
  })
})

describe('the settings of metrics', () => {
  it('have an interval and a temporality', () => {
    expect(readMetricInterval({})).toBe(60_000)
    expect(readMetricInterval({ OTEL_METRIC_EXPORT_INTERVAL: '500' })).toBe(500)
    expect(messageOf(() => readMetricInterval({ OTEL_METRIC_EXPORT_INTERVAL: '0' }))).toMatch(
      /^OTEL_METRIC_EXPORT_INTERVAL /,
    )
    const name = 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'
    expect(['', 'Cumulative', 'delta', 'lowmemory'].map((value) => readTemporality({ [name]: value }))).toEqual([
      'cumulative',
      'cumulative',
      'delta',
      'delta',
    ])
    expect(messageOf(() => readTemporality({ [name]: 'both' }))).toBe(
      `${name} is "both": write one of cumulative, delta, lowmemory`,
    )
  })
})

describe('the resource', () => {
  it('is named by the standard variables', async () => {
    using _ = environment({
      OTEL_SERVICE_NAME: 'mine',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,team=evals%2C2',
    })
    expect((await resourceFromEnvironment()).attributes).toMatchObject({ 'service.name': 'mine', team: 'evals,2' })
  })

  it('is called evalspan otherwise', async () => {
    expect((await resourceFromEnvironment()).attributes).toMatchObject({
      'service.name': 'evalspan',
      'telemetry.sdk.name': 'opentelemetry',
    })
  })

  it('is an error when its variable cannot be read', async () => {
    using _ = environment({ OTEL_RESOURCE_ATTRIBUTES: 'team' })
    await expect(resourceFromEnvironment()).rejects.toThrow(/^OTEL_RESOURCE_ATTRIBUTES cannot be read: /)
  })
})
