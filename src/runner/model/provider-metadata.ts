import { isObject } from '../../hooks/is-object.ts'
import type { Json } from '../../inspect/records.ts'
import type { Content } from './media.ts'
import type { ProviderMetadata } from './language-model.ts'

/**
 * What a provider says beside a part of its answer, and wants to see again: kept in Inspect's `internal`, of which each
 * provider has its own form.
 */
export function toInternal(metadata: ProviderMetadata | undefined): { readonly internal?: Json } {
  return metadata && Object.keys(metadata).length > 0 ? { internal: { providerMetadata: metadata } } : {}
}

/** As options of the part when it is sent again. */
export function fromInternal({ internal }: Content): { readonly providerOptions?: ProviderMetadata } {
  const metadata = isObject(internal) ? internal['providerMetadata'] : undefined
  return isObject(metadata) ? { providerOptions: metadata as ProviderMetadata } : {}
}
