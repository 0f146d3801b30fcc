export { openSession, type Session, type SessionOptions } from './builtin.ts'
export type { DeliveryReport, DestinationReport, KnownReport, Reason } from './delivery/report.ts'
export { EvalspanError, LimitExceededError, type ErrorCode } from './errors.ts'
export type { Output } from './exporter.ts'
export { hasApiKeyOverride, resolveApiKey } from './hooks/api-keys.ts'
export { Emitter, type EmitterOptions } from './hooks/emitter.ts'
export type * from './hooks/events.ts'
export {
  fromWireName,
  hookNames,
  Hooks,
  toWireName,
  type EventMeta,
  type HookData,
  type HookEvent,
  type HookName,
  type HooksClass,
  type WireName,
} from './hooks/hooks.ts'
export { hooks, type RegisterHooks } from './hooks/register.ts'
export { globalRegistry, Registry, type LazyHooks, type RegisteredHooks, type Registration } from './hooks/registry.ts'
export type { Report } from './hooks/report.ts'
export { startHooks, type StartOptions } from './hooks/start.ts'
export { fromRecord, toRecord, type WireRecord } from './hooks/wire.ts'
export { openLog, type LogEntry, type LogReader, type SampleFilter, type SamplePlace } from './inspect/log.ts'
export type { SampleKey } from './inspect/layout.ts'
export type * from './inspect/records.ts'
export { replay, type ReplayOptions, type ReplayTarget } from './sources/replay.ts'
export { spanHooks, type SpanHooksOptions } from './span-hooks.ts'

export { evaluate, evalRetry, evalSet, type EvalSetOptions, type HostOptions } from './evaluate.ts'
export * from './runner/index.ts'
