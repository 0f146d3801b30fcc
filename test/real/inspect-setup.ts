import type { TestProject } from 'vitest/node'
import { makeInspect } from './inspect-venv.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The Python that has Inspect; empty when there is none. */
    inspectPython: string
  }
}

export default function setup(project: TestProject): void {
  const made = makeInspect()
  if ('missing' in made) console.log(`Skipped: all that needs Inspect, because ${made.missing}`)
  project.provide('inspectPython', 'python' in made ? made.python : '')
}
