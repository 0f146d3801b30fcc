import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a developer has switched on for their own evals must not reach the tests, and loopback needs no proxy. */
const foreign =
  /^(otel|evalspan|inspect|mlflow|wandb|weave|aws|azure|google|storage_emulator)_|^(https?|all)_proxy$|^(no_color|force_color)$/i

for (const name of Object.keys(process.env)) {
  if (foreign.test(name)) {
    delete process.env[name]
  }
}

// Nor must tests, or the processes they start, reach the developer's own outbox.
process.env['EVALSPAN_OUTBOX'] = 'none'

// Threads run TypeScript too. Each would take its types out anew, with WebAssembly of its own: slow, and V8 sometimes aborts when
// threads end that have run some (nodejs/node#64500).
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'evalspan-test-cache')
