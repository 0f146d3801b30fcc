import { expect, it } from 'vitest'
import { logName } from '../../../src/runner/log/log-name.ts'
import { specOf } from './log-parts.ts'

// Each with what `eval_log_name` of Inspect 0.3.285 gives.
it.each([
  ['addition', '2026-11-21T05-56-09-00-00_addition_nQt3bqqAKJ2nxBUNgvwE9f.eval'],
  ['my_evals/bug_hunt', '2026-11-21T05-56-09-00-00_bug-hunt_nQt3bqqAKJ2nxBUNgvwE9f.eval'],
  ['hf/org/set_1', '2026-11-21T05-56-09-00-00_hf-org-set-1_nQt3bqqAKJ2nxBUNgvwE9f.eval'],
  ['../../etc/passwd', '2026-11-21T05-56-09-00-00_..-etc-passwd_nQt3bqqAKJ2nxBUNgvwE9f.eval'],
  ['a b:c+d', '2026-11-21T05-56-09-00-00_a b-c-d_nQt3bqqAKJ2nxBUNgvwE9f.eval'],
  ['été {id}', '2026-11-21T05-56-09-00-00_été nQt3bqqAKJ2nxBUNgvwE9f_nQt3bqqAKJ2nxBUNgvwE9f.eval'],
])('names the log of the task %j as Inspect does', (task, expected) => {
  expect(logName(specOf({ task }), {})).toBe(expected)
})

it('takes the pattern of INSPECT_EVAL_LOG_FILE_PATTERN, as Inspect does', () => {
  const name = (pattern: string, model: string): string =>
    logName(specOf({ model }), { INSPECT_EVAL_LOG_FILE_PATTERN: pattern })
  expect(name('{model}_{id}', 'openai/gpt-9')).toBe(
    '2026-11-21T05-56-09-00-00_openai-gpt-9_nQt3bqqAKJ2nxBUNgvwE9f.eval',
  )
  expect(name('{task}_{model}', 'none/none')).toBe('2026-11-21T05-56-09-00-00_addition_.eval')
})

it('leads into no other folder on Windows', () => {
  expect(logName(specOf({ task: String.raw`..\other` }), {})).toBe(
    '2026-11-21T05-56-09-00-00_..-other_nQt3bqqAKJ2nxBUNgvwE9f.eval',
  )
})
