import type { EvalSpec } from '../inspect/records.ts'
import type { SampleScope } from './scope.ts'

/** The host of the base URL that a task's model was given; nothing else of the URL, which may hold credentials. */
export function serverOf({ model, model_base_url }: EvalSpec): SampleScope['server'] {
  const url = model_base_url && URL.parse(model_base_url)
  if (!url || url.hostname === '') return undefined
  return { model, address: url.hostname, port: url.port === '' ? undefined : Number(url.port) }
}
