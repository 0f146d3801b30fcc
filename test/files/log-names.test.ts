import { expect, it } from 'vitest'
import { isLogFile } from '../../src/files/log-names.ts'

it('knows logs from what else lies in a log folder', () => {
  const names = [
    '2026-11-21T09-11-19-00-00_t-a_RKFatcAXaPwaLSwHbpGtRa.eval',
    'renamed.eval',
    'logs/2026-11-21T09:11:19+00:00_task_id.json',
    'C:\\logs\\2024-08-12T16-00-00_x.json',
    'logs.json',
    'eval-set.json',
    '2026-11-21.json',
    '.eval-set-id',
    'notes.eval.txt',
  ]
  expect(names.filter(isLogFile)).toEqual(names.slice(0, 4))
})
