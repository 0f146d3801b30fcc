import type { Check } from '../../../src/exporter.ts'

/** What came of one check. */
export type Finding = Pick<Check, 'ok' | 'detail' | 'advice'>
