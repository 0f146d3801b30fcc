/** A million spans through the outbox into a receiver, against sending them straight with the SDK's exporter. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measure } from './measure.ts'

const { values } = parseArgs({ options: { spans: { type: 'string', default: '1000000' } } })
const spans = Number(values.spans)

/** Milliseconds from start to end of a process that sends; throws when a span is missing or came twice. */
async function send(mode: 'sdk' | 'outbox'): Promise<number> {
  const counter = fork(fileURLToPath(new URL('span-counter.ts', import.meta.url)))
  const folder = mkdtempSync(join(tmpdir(), 'evalspan-bench-'))
  try {
    const [port] = (await once(counter, 'message')) as [number]
    const endpoint = `http://127.0.0.1:${port}`
    const env = {
      ...process.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      EVALSPAN_OUTBOX: folder,
    }
    const start = performance.now()
    const sender = fork(fileURLToPath(new URL('send-spans.ts', import.meta.url)), [mode, String(spans)], { env })
    const [code] = (await once(sender, 'close')) as [number | null]
    const milliseconds = performance.now() - start
    if (code !== 0) throw new Error(`${mode} ended with ${code}`)
    const { count, different } = (await (await fetch(`${endpoint}/count`)).json()) as Record<string, number>
    if (count !== spans || different !== spans) throw new Error(`${mode}: ${count} came, ${different} different ones`)
    return milliseconds
  } finally {
    counter.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

await measure(
  `${spans} spans to a receiver in another process, none lost and none twice`,
  { name: "SDK's exporter, batches of 1,000", run: () => send('sdk') },
  [{ name: 'evalspan: through the outbox', run: () => send('outbox') }],
  { unit: 'ms', rounds: 1, warmup: 0 },
)
