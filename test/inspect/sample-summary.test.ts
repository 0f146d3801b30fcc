import { expect, it } from 'vitest'
import type { EvalSample } from '../../src/inspect/records.ts'
import { summaryOf } from '../../src/inspect/sample-summary.ts'
import { at, sampleOf } from '../telemetry/stream.ts'

const usage = { input_tokens: 3, output_tokens: 2, total_tokens: 5 }

it('tells what is known of a sample that is over', () => {
  const sample = sampleOf([], {
    input: [{ role: 'user', content: 'asked' }],
    choices: ['x'],
    target: 'a',
    description: 'words',
    messages: [
      { role: 'user', content: 'asked' },
      { role: 'assistant', content: 'a' },
    ],
    metadata: { level: 1, left: undefined } as unknown as EvalSample['metadata'],
    scores: { match: { value: 'C', answer: 'a', metadata: { why: 'w' }, history: [{ value: 'I' }] } },
    model_usage: { 'm/x': usage },
    started_at: at(1),
    completed_at: at(3),
    total_time: 2,
    working_time: 1.5,
    error: { message: 'ValueError()', traceback: 'Traceback', traceback_ansi: 'Traceback' },
    error_retries: [{ message: 'first', traceback: '', traceback_ansi: '' }],
    limit: { type: 'token', limit: 4, reason: 'Token limit exceeded.' },
    turn_count: 1,
    token_limit: 4,
    token_limit_type: 'all',
    token_limit_usage: 5,
    message_limit: 9,
    time_limit: 60,
  })
  expect(summaryOf(sample)).toEqual({
    id: 1,
    epoch: 1,
    uuid: 'uuid1',
    input: [{ role: 'user', content: 'asked' }],
    choices: ['x'],
    target: 'a',
    description: 'words',
    metadata: { level: 1 },
    scores: { match: { value: 'C', answer: 'a', metadata: { why: 'w' } } },
    model_usage: { 'm/x': usage },
    role_usage: {},
    started_at: at(1),
    completed_at: at(3),
    total_time: 2,
    working_time: 1.5,
    error: 'ValueError()',
    limit: 'token',
    limit_reason: 'Token limit exceeded.',
    retries: 1,
    completed: true,
    message_count: 2,
    turn_count: 1,
    token_limit: 4,
    token_limit_type: 'all',
    token_limit_usage: 5,
    message_limit: 9,
    time_limit: 60,
  })
})

it('shortens what scorers wrote', () => {
  const long = 'word '.repeat(2000)
  const score = { value: 0.5, answer: long, explanation: long, reason: long, metadata: { grading: [long], text: long } }
  const short = `${'word '.repeat(204).trimEnd()}...`
  expect(summaryOf(sampleOf([], { scores: { judge: score } })).scores).toEqual({
    judge: {
      value: 0.5,
      answer: short,
      explanation: short,
      reason: short,
      metadata: { grading: 'Key removed from summary (> 1k)', text: short },
    },
  })
})
