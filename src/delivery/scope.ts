import { createRequire } from 'node:module'

const { version } = createRequire(import.meta.url)('evalspan/package.json') as { version: string }

/** The instrumentation scope of all that is sent. One object, because OpenTelemetry's serializers group by identity. */
export const scope: { readonly name: string; readonly version: string } = { name: 'evalspan', version }
