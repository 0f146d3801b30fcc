import { version } from '../version.ts'

/** The instrumentation scope of all that is sent. One object, because OpenTelemetry's serializers group by identity. */
export const scope: { readonly name: string; readonly version: string } = { name: 'evalspan', version }
