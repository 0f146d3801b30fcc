import type { Fields } from './fields.ts'

/** Brings the settings of a model call in an older log to the present form, in place. */
export function migrateConfig(config: Fields): void {
  if (config['reasoning_history'] === true) config['reasoning_history'] = 'all'
  if (config['reasoning_history'] === false) config['reasoning_history'] = 'none'
}
