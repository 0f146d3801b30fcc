/** What exporters build upon. Light to import: heavy packages are loaded when something is opened. */
export { oneLine } from './one-line.ts'
export { logLimits, spanLimits } from './limits.ts'
export { toReadableLogRecord } from './readable-log.ts'
export { toReadableSpan } from './readable-span.ts'
export { resourceFromEnvironment } from './resource.ts'
export { scope } from './scope.ts'
export { HttpTransport, type HttpResponse, type TlsOptions } from './transport.ts'
export { hostOf } from './transport-error.ts'
