import type { TestProject } from 'vitest/node'
import { buildJaeger } from './jaeger-binary.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The path of the Jaeger binary; empty when there is none and Go is missing. */
    jaeger: string
  }
}

export default function setup(project: TestProject): void {
  const jaeger = buildJaeger()
  if (jaeger === undefined) {
    console.log('Skipped: all that needs Jaeger or the Collector, because Go is not installed to build it with')
  }
  project.provide('jaeger', jaeger ?? '')
}
