import type { Variables } from './child-process.ts'

/** For a process whose outbox and home are in that folder and whose backend is at that address. */
export function variablesFor(folder: string, url: string, more: Variables = {}): Variables {
  return {
    HOME: folder,
    // Where the outbox goes when its folder cannot be used.
    TMPDIR: folder,
    EVALSPAN_OUTBOX: `${folder}/outbox`,
    EVALSPAN_PLUGINS: 'none',
    EVALSPAN_FLUSH_TIMEOUT: '20s',
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    // A busy machine must not make a client give up on an answer that is there.
    OTEL_EXPORTER_OTLP_TIMEOUT: '10000',
    ...more,
  }
}
