import { createRequire } from 'node:module'

/** Of this package, as in its `package.json`. */
export const { version } = createRequire(import.meta.url)('evalspan/package.json') as { readonly version: string }
