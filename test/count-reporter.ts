import { appendFileSync } from 'node:fs'
import type { Reporter, TestModule, Vitest } from 'vitest/node'

/**
 * Ends a run with `N passed, N failed, N skipped`, and appends the same line to the file that `EVALSPAN_TEST_COUNTS`
 * names. What fails outside of a test (a file, a suite's hook, an unhandled error) counts as one failed test.
 */
export default class CountReporter implements Reporter {
  #projects: readonly string[] = []

  onInit(vitest: Vitest): void {
    this.#projects = vitest.projects.map((project) => project.name)
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const line = count(modules, unhandledErrors)
    const file = process.env['EVALSPAN_TEST_COUNTS']
    if (file !== undefined && file !== '') {
      appendFileSync(file, `${line}\n`)
    }
    if (this.#projects.length === 1 && this.#projects[0] === 'unit') {
      console.log(
        'Left out: test/real, the suites with real servers (npm run test:real) and Inspect (npm run test:inspect)',
      )
    }
    console.log(line)
  }
}

function count(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): string {
  let passed = 0
  let failed = unhandledErrors.length
  let skipped = 0
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') {
        passed += 1
      } else if (state === 'skipped') {
        skipped += 1
      } else {
        failed += 1
      }
    }
    for (const suite of [module, ...module.children.allSuites()]) {
      failed += suite.errors().length > 0 ? 1 : 0
    }
  }
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}
