export { migrateHeader } from './migrate-header.ts'
export { migrateSample } from './migrate-sample.ts'
