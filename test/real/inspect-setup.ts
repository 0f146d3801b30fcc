import type { TestProject } from 'vitest/node'
import { inspectReleases, makeInspect } from './inspect-venv.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The Python that has Inspect; empty when there is none. */
    inspectPython: string
    /** The same for each release that the forwarder is tried with. */
    inspectPythons: Readonly<Record<string, string>>
  }
}

export default function setup(project: TestProject): void {
  const pythons = inspectReleases.map((release) => {
    const made = makeInspect(release)
    if ('missing' in made) console.log(`Skipped: all that needs Inspect ${release}, because ${made.missing}`)
    return [release, 'python' in made ? made.python : ''] as const
  })
  project.provide('inspectPythons', Object.fromEntries(pythons))
  project.provide('inspectPython', pythons[0]![1])
}
