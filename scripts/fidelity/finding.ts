import type { HookName } from '../../src/hooks/hooks.ts'
import type { Fired } from './fired.ts'

/** Something that is not the same live and on replay. */
export interface Finding {
  readonly kind: 'field' | 'missing' | 'additional' | 'order'
  readonly hook: HookName
  /** Of a field, from the hook's data on. */
  readonly path: string
  readonly live: unknown
  readonly replayed: unknown
  /** The hooks it was found in; both when the hook was fired live and on replay. */
  readonly fired: { readonly live: Fired | undefined; readonly replayed: Fired | undefined }
}
