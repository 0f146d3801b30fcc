export { migrateHeader, type MigratedHeader } from './migrate-header.ts'
export { migrateSample } from './migrate-sample.ts'
