import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compareScenarios } from '../../conformance/compare-scenarios.ts'
import { findScenarios } from '../../conformance/find-scenarios.ts'
import { reportText } from '../../conformance/report.ts'

const folder = join(import.meta.dirname, '../../conformance/recorded')

test('our runner fires what Inspect fired in the recorded runs, but for intended differences', async () => {
  const results = await compareScenarios(findScenarios(folder), { recordedIn: undefined })
  const wrong = results.filter(({ outcome }) => outcome === 'different' || outcome === 'failed')
  expect(wrong.length === 0 ? '' : reportText(wrong, false)).toBe('')
  expect(results.length).toBeGreaterThan(10)
}, 180_000)
