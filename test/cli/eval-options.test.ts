import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { evalOptions, setOptions, taskOptions } from '../../src/cli/eval/options.ts'
import { addEvalOptions, variablesOf, type EvalSettings } from '../../src/cli/eval/read-options.ts'

const folder = mkdtempSync(join(tmpdir(), 'evalspan-options-'))
writeFileSync(join(folder, 'args.yaml'), 'level: 2\nkind: hard\n')
writeFileSync(join(folder, 'generate.json'), '{"max_tokens": 7, "top_p": 0.5}')
writeFileSync(join(folder, 'costs.yaml'), 'openai/gpt-4o: {input: 2.5, output: 10, input_cache_read: 1.25}\n')

const groups = { ...setOptions, ...taskOptions(folder), ...evalOptions(folder) }

/** What a command line, with variables, says. */
function settings(line: string | readonly string[], variables: { [name: string]: string } = {}): EvalSettings {
  const command = new Command('eval').exitOverride().configureOutput({ writeErr: () => {} })
  const read = addEvalOptions(command, groups)
  command.parse(typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line, { from: 'user' })
  return read(variables)
}

function problem(line: string | readonly string[], variables: { [name: string]: string } = {}): string {
  try {
    return JSON.stringify(settings(line, variables))
  } catch (error) {
    return (error as Error).message
  }
}

describe('options of evalspan eval', () => {
  it.each<[string, object]>([
    ['', {}],
    ['--model openai/gpt-4o,mockllm/model', { model: ['openai/gpt-4o', 'mockllm/model'] }],
    ['--limit 10', { limit: 10 }],
    ['--limit 10-20', { limit: [9, 20] }],
    ['--sample-id a,b --sample-id 3', { sampleId: ['a', 'b', '3'] }],
    ['--sample-shuffle', { sampleShuffle: true }],
    ['--sample-shuffle 42', { sampleShuffle: 42 }],
    ['--max-tool-output 9 --no-fail-on-refusal', { config: { maxToolOutput: 9, failOnRefusal: false } }],
    ['--fail-on-refusal', { config: { failOnRefusal: true } }],
    ['--cache', { config: { cache: true } }],
    ['--cache 3', { config: { cache: { expiry: '3D' } } }],
    ['--cache 12h', { config: { cache: { expiry: '12h' } } }],
    ['--epochs 3', { epochs: { epochs: 3, reducer: undefined } }],
    ['--epochs 3 --epochs-reducer mean,at_least_2', { epochs: { epochs: 3, reducer: ['mean', 'at_least_2'] } }],
    ['--epochs 3 --no-epochs-reducer', { epochs: { epochs: 3, reducer: [] } }],
    ['--fail-on-error', { failOnError: true }],
    ['--fail-on-error 0.2', { failOnError: 0.2 }],
    ['--fail-on-error=5', { failOnError: 5 }],
    ['--no-fail-on-error', { failOnError: false }],
    ['--retry-on-error', { retryOnError: 1 }],
    ['--retry-on-error 3', { retryOnError: 3 }],
    ['--retry-on-error=false', { retryOnError: 0 }],
    ['--continue-on-fail --score-on-error', { continueOnFail: true, scoreOnError: true }],
    ['--message-limit 5 --turn-limit 2', { messageLimit: 5, turnLimit: 2 }],
    ['--token-limit 500k', { tokenLimit: 500_000 }],
    ['--token-limit 1.5m', { tokenLimit: 1_500_000 }],
    ['--time-limit 60 --working-limit 30 --cost-limit 0.5', { timeLimit: 60, workingLimit: 30, costLimit: 0.5 }],
    ['--max-tasks 2 --max-samples 3 --max-connections 4', { maxTasks: 2, maxSamples: 3, maxConnections: 4 }],
    ['--no-score --no-log-samples --no-log-realtime', { score: false, logSamples: false, logRealtime: false }],
    ['--log-shared', { logShared: 10 }],
    ['--log-shared 5', { logShared: 5 }],
    ['--tags a,b --metadata level=3 --metadata who=me', { tags: ['a', 'b'], metadata: { level: 3, who: 'me' } }],
    ['--temperature 0 --top-p 0.9 --top-k 40', { config: { temperature: 0, topP: 0.9, topK: 40 } }],
    ['--seed -1 --max-tokens 5 --stop-seqs .,; ', { config: { seed: -1, maxTokens: 5, stopSeqs: ['.', ';'] } }],
    ['--frequency-penalty -1 --presence-penalty 1', { config: { frequencyPenalty: -1, presencePenalty: 1 } }],
    ['--max-retries 0 --timeout 9 --attempt-timeout 3', { config: { maxRetries: 0, timeout: 9, attemptTimeout: 3 } }],
    ['--reasoning-effort low --system-message Hi', { config: { reasoningEffort: 'low', systemMessage: 'Hi' } }],
    ['--generate-config generate.json --max-tokens 5', { config: { maxTokens: 5, topP: 0.5 } }],
    ['--extra-body {"a":1}', { config: { extraBody: { a: 1 } } }],
    [
      '--model-cost-config costs.yaml',
      { modelCosts: { 'openai/gpt-4o': { input: 2.5, output: 10, inputCacheRead: 1.25 } } },
    ],
    [
      '--model-role grader=openai/gpt-4o,mockllm/model --model-role red=mockllm/red',
      { modelRoles: { grader: ['openai/gpt-4o', 'mockllm/model'], red: ['mockllm/red'] } },
    ],
    [
      '--retry-attempts 2 --no-retry-cleanup --log-dir-allow-dirty',
      { retryAttempts: 2, retryCleanup: false, logDirAllowDirty: true },
    ],
  ])('%s', (line, options) => {
    expect(settings(line)).toEqual({ options, args: {} })
  })

  it('give a model in a role settings of its own', () => {
    expect(settings(['--model-role', 'grader={model: openai/gpt-4o, max_tokens: 5}']).options).toEqual({
      modelRoles: { grader: [{ model: 'openai/gpt-4o', config: { maxTokens: 5 } }] },
    })
  })

  it('read arguments of tasks as Inspect does', () => {
    const said = ['a=1', 'b=yes', 'c=x,y', 'd=[1, 2]', 'e={f: 1}', 'g=', 'h=2026-01-02', 'i=010', 'j=k=l', 'm-n=1:30']
    expect(settings(said.flatMap((each) => ['-T', each])).args).toEqual({
      a: 1,
      b: true,
      c: ['x', 'y'],
      d: [1, 2],
      e: { f: 1 },
      g: null,
      h: '2026-01-02',
      i: 8,
      j: 'k=l',
      m_n: 90,
    })
    expect(settings('--task-config args.yaml -T level=3').args).toEqual({ level: 3, kind: 'hard' })
  })

  it('are read from the variables of Inspect, unless the command line says otherwise', () => {
    const variables = {
      INSPECT_EVAL_MODEL: 'openai/gpt-4o',
      INSPECT_EVAL_LIMIT: '10-20',
      INSPECT_EVAL_TEMPERATURE: '0.5',
      INSPECT_EVAL_TASK_ARGS: 'level=3 kind=hard',
      INSPECT_EVAL_NO_SCORE: 'true',
      INSPECT_EVAL_NO_LOG_SAMPLES: 'false',
      INSPECT_EVAL_CONTINUE_ON_FAIL: '1',
      INSPECT_EVAL_FAIL_ON_ERROR: '3',
      INSPECT_EVAL_MAX_TOKENS: '',
      INSPECT_EVAL_RETRY_ATTEMPS: '2',
      INSPECT_LOG_SHARED: 'yes',
    }
    expect(settings('--limit 5 --no-fail-on-error -T other=1', variables)).toEqual({
      options: {
        model: ['openai/gpt-4o'],
        limit: 5,
        config: { temperature: 0.5 },
        score: false,
        continueOnFail: true,
        failOnError: false,
        retryAttempts: 2,
        logShared: 10,
      },
      args: { other: 1 },
    })
  })

  it.each<[string | readonly string[], string]>([
    [
      '--limit 0',
      "option '--limit <samples>' argument '0' is invalid. Give a number from 1, or a range such as 10-20.",
    ],
    ['--limit 20-10', "argument '20-10' is invalid"],
    ['--epochs 1.5', "option '--epochs <times>' argument '1.5' is invalid. Give a whole number from 1."],
    ['--temperature warm', "option '--temperature <n>' argument 'warm' is invalid. Give a number from 0."],
    ['--top-p 2', "option '--top-p <n>' argument '2' is invalid. Give a number from 0 to 1."],
    ['--fail-on-error x.ts', "option '--fail-on-error [threshold]' argument 'x.ts' is invalid. Give a number from 0."],
    ['--retry-on-error -1', "argument '-1' is invalid"],
    ['--token-limit output:1m', "option '--token-limit <n>' argument 'output:1m' is invalid. Give a number of tokens"],
    ['--reasoning-effort much', 'Give none, minimal, low, medium, high, xhigh or max.'],
    ['--cache soon', "option '--cache [expiry]' argument 'soon' is invalid. Give a duration, such as 12h, 7D or 1W."],
    ['--epochs-reducer mode', '--epochs-reducer needs --epochs'],
    ['-T level', "argument 'level' is invalid. Give a name and a value: level=3."],
    ['-T x=@y', 'It is no YAML (Plain value cannot start with reserved character @'],
    ['--task-config gone.yaml', "argument 'gone.yaml' is invalid. It cannot be read: ENOENT"],
    ['--model-role grader', "argument 'grader' is invalid. Give a name and a value"],
    ['--model-role grader=3', 'Give a name such as grader=openai/gpt-4o'],
  ])('%s is refused, with its name', (line, message) => {
    expect(problem(line)).toContain(message)
  })

  it('that are variables are refused with the name of the variable', () => {
    expect(problem('', { INSPECT_EVAL_LIMIT: 'all' })).toBe(
      "INSPECT_EVAL_LIMIT: 'all' is invalid. Give a number from 1, or a range such as 10-20.",
    )
    expect(problem('', { INSPECT_EVAL_NO_SCORE: 'maybe' })).toBe(
      "INSPECT_EVAL_NO_SCORE: 'maybe' is invalid. Give true or false.",
    )
  })

  it('have a variable each, and no two the same', () => {
    const names = Object.values(groups).flat().flatMap(variablesOf)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })
})
