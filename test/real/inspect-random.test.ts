import { expect, inject, it } from 'vitest'
import { compareScenarios } from '../../conformance/compare-scenarios.ts'
import { randomScenarios } from '../../conformance/random/random-scenarios.ts'
import { reportText } from '../../conformance/report.ts'
import { temporaryFolders } from '../runner/in-folder.ts'
import { describeWithInspect } from './inspect-python.ts'

const newFolder = temporaryFolders()

describeWithInspect('our runner beside Inspect', () => {
  it('fires the same hooks in scenarios that nobody thought of', async () => {
    // To see one of them: npm run conformance -- --random 1 --seed N
    const scenarios = randomScenarios(newFolder(), 24, 1)
    const results = await compareScenarios(scenarios, { python: inject('inspectPython') })
    const wrong = results.filter(({ outcome }) => outcome === 'different' || outcome === 'failed')
    expect(wrong.length === 0 ? '' : reportText(wrong, false)).toBe('')
  }, 600_000)
})
