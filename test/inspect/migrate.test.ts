import { describe, expect, it } from 'vitest'
import { migrateHeader, migrateSample } from '../../src/inspect/migrate.ts'
import { header, sample } from './log-text.ts'

const time = '2026-01-01T00:00:00+00:00'

function event(kind: string, fields: object): { [name: string]: unknown } {
  return { event: kind, timestamp: time, ...fields }
}

function scores(changes: object, name?: string): unknown {
  return migrateSample(sample('a', 0, changes), name)['scores']
}

describe('migrateHeader', () => {
  it('fills in what an old log leaves out', () => {
    expect(
      migrateHeader({
        eval: {
          created: '2024-08-12T12:00:00-04:00',
          task: 't',
          model: 'm',
          task_id: 'task1',
          run_id: 'run1',
          tags: ['b', 'a'],
        },
        results: null,
        error: null,
      }),
    ).toEqual({
      problems: [],
      header: {
        version: 2,
        status: 'started',
        eval: {
          created: '2024-08-12T16:00:00+00:00',
          task: 't',
          model: 'm',
          task_id: 'task1',
          run_id: 'run1',
          eval_id: '5338QV9eEBedEfo8kbQfGd',
          task_version: 0,
          task_attribs: {},
          task_args: {},
          task_args_passed: {},
          model_args: {},
          model_generate_config: {},
          packages: {},
          config: {},
          dataset: {},
          tags: ['b', 'a'],
        },
        plan: { name: 'plan', steps: [], config: {} },
        stats: { model_usage: {}, role_usage: {} },
        tags: ['a', 'b'],
        metadata: {},
      },
    })
  })

  it('brings old fields to their present form', () => {
    const spec = header()['eval'] as object
    const { header: log } = migrateHeader(
      header({
        eval: {
          ...spec,
          task_args: { n: 1 },
          solver_args: { s: 2 },
          sandbox: ['docker', 'compose.yaml'],
          config: { max_messages: 10, epochs: 2 },
          model_generate_config: { reasoning_history: true },
        },
        plan: { steps: [{ solver: 'generate', params: { a: 1 } }], config: { reasoning_history: false } },
        results: {
          scorer: { name: 'match', params: {} },
          metrics: { accuracy: { name: 'accuracy', value: null, options: { x: 1 } }, stderr: { value: 0.5 } },
          sample_reductions: [{}],
        },
        stats: { started_at: '', completed_at: '2024-08-12T16:00:00', model_usage: { m: { input_tokens: 3 } } },
        samples: [],
        reductions: [],
        logging: [],
      }),
    )
    expect(log.eval).toMatchObject({
      task_args_passed: { n: 1 },
      solver_args_passed: { s: 2 },
      sandbox: { type: 'docker', config: 'compose.yaml' },
      config: { message_limit: 10, epochs: 2 },
      model_generate_config: { reasoning_history: 'all' },
    })
    expect(log).not.toHaveProperty('eval.config.max_messages')
    expect({ ...log, eval: undefined }).toEqual({
      version: 2,
      status: 'success',
      eval: undefined,
      plan: {
        name: 'plan',
        steps: [{ solver: 'generate', params: { a: 1 }, params_passed: { a: 1 } }],
        config: { reasoning_history: 'none' },
      },
      results: {
        total_samples: 0,
        completed_samples: 0,
        scores: [
          {
            name: 'match',
            scorer: 'match',
            params: {},
            metrics: {
              accuracy: { name: 'accuracy', value: Number.NaN, params: {} },
              stderr: { name: 'stderr', value: 0.5, params: {} },
            },
          },
        ],
      },
      stats: {
        started_at: '',
        completed_at: '2024-08-12T16:00:00+00:00',
        model_usage: { m: { input_tokens: 3, output_tokens: 0, total_tokens: 0 } },
        role_usage: {},
      },
      tags: [],
      metadata: {},
    })
  })
})

describe('migrateSample', () => {
  it('fills in what an old log leaves out', () => {
    expect(migrateSample({ id: 1, epoch: null, input: null, error: null, scores: { a: null } }, undefined)).toEqual({
      id: 1,
      epoch: 1,
      input: '',
      target: '',
      messages: [],
      metadata: {},
      store: {},
      events: [],
      model_usage: {},
      role_usage: {},
      attachments: {},
      scores: {},
    })
  })

  it('names the one score of an old log after the first result', () => {
    expect(scores({ score: { value: 'C' } }, 'match')).toEqual({ match: { value: 'C' } })
    expect(scores({ scores: { '88F74D2C': { value: null } } }, 'match')).toEqual({ match: { value: Number.NaN } })
    expect(scores({ score: { answer: 'x' } })).toEqual({ '88F74D2C': { answer: 'x', value: Number.NaN } })
  })

  it('takes events and attachments out of a transcript', () => {
    const { transcript: _, ...rest } = migrateSample(
      sample('a', 0, { transcript: { events: [event('info', {})], content: { hash: 'text' } } }),
      undefined,
    )
    expect(rest).toEqual(sample('a', 0, { events: [event('info', {})], attachments: { hash: 'text' } }))
  })

  it('brings old messages to their present form', () => {
    const { messages, input } = migrateSample(
      sample('a', 0, {
        input: [{ role: 'user', content: 'hi', source: null }],
        messages: [
          { role: 'assistant', tool_calls: [{ id: 'c1', function: 'add', arguments: { a: 1 }, type: null }] },
          { role: 'tool', content: '', tool_error: 'no such file' },
          { role: 'tool', content: 'ok', tool_error: '' },
        ],
      }),
      undefined,
    )
    expect(input).toEqual([{ role: 'user', content: 'hi' }])
    expect(messages).toEqual([
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'c1', function: 'add', arguments: { a: 1 }, type: 'function' }],
      },
      { role: 'tool', content: '', error: { type: 'unknown', message: 'no such file' } },
      { role: 'tool', content: 'ok' },
    ])
  })

  it('brings old events to their present form, nested ones too', () => {
    const choice = { message: { role: 'assistant', content: [{ type: 'text', text: 'yes' }] }, stop_reason: 'length' }
    const { events } = migrateSample(
      sample('a', 0, {
        events: [
          {
            event: 'model',
            timestamp: '2026-01-01T01:00:00+01:00',
            model: 'm',
            completed: '2026-01-01T00:00:01',
            error: null,
            output: { choices: [choice], usage: { input_tokens: 1 } },
          },
          event('subtask', {
            name: 's',
            input: [1],
            events: [event('logger', { message: { level: 'tools', message: 'm' } })],
          }),
          event('tool', { id: 't', function: 'f', events: [event('score', { score: { value: null } })] }),
          event('branch', { from_message: 'x', from_span: 'y' }),
          event('score', { score: { answer: 'a' }, target: null }),
          event('from_the_future', { data: null, level: 'tools' }),
        ],
      }),
      undefined,
    )
    expect(events).toEqual([
      event('model', {
        model: 'm',
        completed: '2026-01-01T00:00:01+00:00',
        input: [],
        tools: [],
        config: {},
        output: {
          model: '',
          completion: 'yes',
          choices: [{ ...choice, stop_reason: 'max_tokens' }],
          usage: { input_tokens: 1, output_tokens: 0, total_tokens: 0 },
        },
      }),
      event('subtask', {
        name: 's',
        input: {},
        events: [event('logger', { message: { level: 'trace', message: 'm' } })],
      }),
      event('tool', {
        id: 't',
        function: 'f',
        arguments: {},
        events: [event('score', { score: { value: Number.NaN } })],
      }),
      event('branch', { from_anchor: 'x' }),
      event('score', { score: { answer: 'a', value: Number.NaN } }),
      event('from_the_future', { data: null, level: 'tools' }),
    ])
  })

  it('brings the events of earlier attempts, and pools, to their present form', () => {
    const { error_retries: retries, events_data: pools } = migrateSample(
      sample('a', 0, {
        error_retries: [
          { message: 'm', traceback: '', traceback_ansi: '', events: [event('branch', { from_message: 'x' })] },
        ],
        events_data: { messages: [{ role: 'tool', content: 'x', tool_error: 'e' }] },
      }),
      undefined,
    )
    expect(retries).toEqual([
      { message: 'm', traceback: '', traceback_ansi: '', events: [event('branch', { from_anchor: 'x' })] },
    ])
    expect(pools).toEqual({
      messages: [{ role: 'tool', content: 'x', error: { type: 'unknown', message: 'e' } }],
      calls: [],
    })
  })
})
