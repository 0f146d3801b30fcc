import { flushTimeoutMs, outboxMaxAgeMs, outboxMaxBytes } from '../delivery/index.ts'
import { messageOf } from '../errors.ts'
import { openMasker } from '../open-masker.ts'
import { telemetrySettings } from '../telemetry/settings.ts'
import type { Finding } from './doctor-report.ts'

/** Whether the variables that no exporter reads can be used. */
export function checkSettings(cwd: string): Finding[] {
  const problems = [
    () => telemetrySettings(),
    () => flushTimeoutMs(),
    () => outboxMaxBytes(),
    () => outboxMaxAgeMs(),
    () => openMasker({ cwd }),
  ].flatMap((read) => problemOf(read))
  if (problems.length === 0) return [{ what: 'variables', ok: true, detail: 'all that are set can be used' }]
  return problems.map((detail) => ({ what: 'variables', ok: false, detail }))
}

function problemOf(read: () => unknown): string[] {
  try {
    read()
    return []
  } catch (error) {
    return [messageOf(error)]
  }
}
