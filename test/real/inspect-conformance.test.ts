import { join } from 'node:path'
import { expect, inject, it } from 'vitest'
import { compareScenarios } from '../../conformance/compare-scenarios.ts'
import { findScenarios } from '../../conformance/find-scenarios.ts'
import { reportText } from '../../conformance/report.ts'
import { describeWithInspect } from './inspect-python.ts'

const folder = join(import.meta.dirname, '../../conformance/scenarios')

describeWithInspect('our runner beside Inspect', () => {
  it('fires the same hooks in all scenarios, but for intended differences', async () => {
    const results = await compareScenarios(findScenarios(folder), { python: inject('inspectPython') })
    const wrong = results.filter(({ outcome }) => outcome === 'different' || outcome === 'failed')
    expect(wrong.length === 0 ? '' : reportText(wrong, false)).toBe('')
  }, 1_800_000)
})
