import { isPromise } from '../../hooks/enabled.ts'
import { isObject } from '../../hooks/is-object.ts'
import type { LanguageModel } from './language-model.ts'

/** The address of the server that a model of the AI SDK calls, in whatever way its package has it; undefined where it does not show. */
export function baseUrlOf(model: LanguageModel): string | undefined {
  const config: unknown = Reflect.get(model, 'config')
  if (!isObject(config)) return undefined
  try {
    const fixed = config['baseURL'] ?? config['baseUrl']
    const found: unknown =
      typeof fixed === 'function'
        ? Reflect.apply(fixed, config, [])
        : (fixed ?? callUrl(config, { path: '', modelId: model.modelId }))
    if (isPromise(found)) found.then(undefined, () => {})
    return typeof found === 'string' ? found : undefined
  } catch {
    // Some ask for a region or a name first, which may not be there.
    return undefined
  }
}

/** As the packages do that speak to several kinds of addresses: `url({ path: '/chat/completions', modelId })`. */
function callUrl(config: { readonly [name: string]: unknown }, options: { path: string; modelId: string }): unknown {
  const { url } = config
  return typeof url === 'function' ? Reflect.apply(url, config, [options]) : undefined
}
