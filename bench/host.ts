/** What hooks cost the eval that fires them, while the backend takes the connection and never answers. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measure } from './measure.ts'
import { withLog } from './with-log.ts'

const stalled = createServer(() => {}).listen(0, '127.0.0.1')
await once(stalled, 'listening')
const endpoint = `http://127.0.0.1:${(stalled.address() as AddressInfo).port}`

interface Result {
  readonly milliseconds: number
  readonly events: number
}

async function run(path: string, callMs: number, isOn: boolean): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'evalspan-bench-'))
  try {
    const env = {
      ...process.env,
      ...(isOn ? { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } : {}),
      EVALSPAN_OUTBOX: folder,
      EVALSPAN_FLUSH_TIMEOUT: '1ms',
    }
    const child = fork(fileURLToPath(new URL('host-eval.ts', import.meta.url)), [path, String(callMs)], { env })
    const [result] = (await once(child, 'message')) as [Result]
    await once(child, 'close')
    return result
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

await withLog({ megabytes: 20, samples: 1000, events: 30 }, async (path, about) => {
  await measure(
    `one event in the host, enqueueing alone (${about})`,
    { name: 'hooks off', run: async () => perEvent(await run(path, 0, false)) },
    [{ name: 'OTLP on, backend stalled', run: async () => perEvent(await run(path, 0, true)) }],
    { unit: 'µs', rounds: 3, warmup: 0 },
  )
  await measure(
    `1,000 samples whose model calls take 50 ms, 20 at a time (${about})`,
    { name: 'hooks off', run: async () => (await run(path, 50, false)).milliseconds },
    [{ name: 'OTLP on, backend stalled', run: async () => (await run(path, 50, true)).milliseconds }],
    { unit: 'ms', rounds: 3, warmup: 0 },
  )
})
stalled.close()

function perEvent({ milliseconds, events }: Result): number {
  return (milliseconds * 1000) / events
}
