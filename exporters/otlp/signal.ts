/** The kinds of telemetry that OTLP has, as its variables and paths name them. */
export type Signal = 'traces' | 'metrics' | 'logs'

export const signals: readonly Signal[] = ['traces', 'metrics', 'logs']

const endpoint = 'OTEL_EXPORTER_OTLP_ENDPOINT'

/** What switches OTLP on, any one of them. */
export const endpointVariables: readonly string[] = [endpoint, ...signals.map((signal) => variable(signal, 'ENDPOINT'))]

/** The variable of one signal alone: `OTEL_EXPORTER_OTLP_TRACES_HEADERS`. */
export function variable(signal: Signal, name: string): string {
  return `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`
}

/** The variable that chooses the exporters of a signal: `OTEL_TRACES_EXPORTER`. */
export function exporterVariable(signal: Signal): string {
  return `OTEL_${signal.toUpperCase()}_EXPORTER`
}

/** An endpoint is set for the signal, and nothing switches it off. */
export function isOn(signal: Signal, environment: NodeJS.ProcessEnv): boolean {
  const hasEndpoint = [endpoint, variable(signal, 'ENDPOINT')].some((name) => environment[name]?.trim())
  return hasEndpoint && !isSwitchedOff(signal, environment)
}

/** `OTEL_SDK_DISABLED`, or a list of exporters for the signal without `otlp` in it. */
export function isSwitchedOff(signal: Signal, environment: NodeJS.ProcessEnv): boolean {
  if (environment['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return true
  const chosen = environment[exporterVariable(signal)]?.trim()
  if (!chosen) return false
  return !chosen.split(',').some((name) => name.trim().toLowerCase() === 'otlp')
}
