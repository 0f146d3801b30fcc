import { modelCostsOf, modelRole } from './model-values.ts'
import {
  argument,
  cache,
  configFile,
  countOrWord,
  mapping,
  number,
  oneOf,
  samples,
  seed,
  text,
  texts,
  tokens,
  wholeNumber,
  type ReadValue,
} from './values.ts'

/** An option of `evalspan eval`, with the name and form that it has in `inspect eval`. */
export interface EvalOption {
  readonly flags: string
  /** Where its value goes in what `evaluate()` takes; beside that, `args` are those of tasks that are functions. */
  readonly to: string
  readonly help: string
  /** What the text of its value says; a flag without a value says true, or false when it is a `--no-`. */
  readonly read?: ReadValue | undefined
  /** The text that stands for its value where there is none. */
  readonly bare?: string | undefined
  /** It may be given again; its variable has several with spaces between them. */
  readonly several?: boolean | undefined
  /** Where its variable is not that of its name. */
  readonly variables?: readonly string[] | undefined
}

export type OptionGroups = { readonly [heading: string]: readonly EvalOption[] }

const count = wholeNumber(1)
const amount = wholeNumber(0)
const seconds = number(0)

/** In which tasks are made. `folder`: where files are looked for. */
export function taskOptions(folder: string): OptionGroups {
  return {
    'Tasks:': [
      {
        flags: '-T, --task-arg <name=value>',
        to: 'args',
        help: 'an argument of a task that is a function; may be given again',
        read: argument,
        several: true,
        variables: ['INSPECT_EVAL_TASK_ARGS'],
      },
      { flags: '--task-config <file>', to: 'argsOfFile', help: 'arguments in YAML or JSON', read: configFile(folder) },
    ],
  }
}

/** Of the tasks of a set that fail. */
export const setOptions: OptionGroups = {
  'Eval set:': [
    {
      flags: '--retry-attempts <n>',
      to: 'retryAttempts',
      help: 'how often a task that failed is run again: 10',
      read: amount,
      // Inspect reads the second.
      variables: ['INSPECT_EVAL_RETRY_ATTEMPTS', 'INSPECT_EVAL_RETRY_ATTEMPS'],
    },
    { flags: '--no-retry-cleanup', to: 'retryCleanup', help: 'keep the logs of attempts that failed' },
    {
      flags: '--log-dir-allow-dirty',
      to: 'logDirAllowDirty',
      help: 'the folder may have logs of other tasks and models',
    },
  ],
}

export function evalOptions(folder: string): OptionGroups {
  const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']
  return {
    'Models:': [
      {
        flags: '--model <names>',
        to: 'model',
        help: 'provider/model, of an AI SDK package; several with commas',
        read: texts,
      },
      {
        flags: '--model-role <role=model>',
        to: 'modelRoles',
        help: 'a model in a role, several with commas, or as {model: openai/gpt-4o, temperature: 0}; may be given again',
        read: modelRole,
        several: true,
      },
      {
        flags: '--model-cost-config <file>',
        to: 'modelCosts',
        help: 'prices in YAML or JSON: {openai/gpt-4o: {input: 2.5, output: 10}}',
        read: (file) => modelCostsOf(configFile(folder)(file)),
      },
      { flags: '--max-connections <calls>', to: 'maxConnections', help: 'calls of a model at once: 10', read: count },
      {
        flags: '--max-retries <n>',
        to: 'config.maxRetries',
        help: 'how often a call is tried again: without end',
        read: amount,
      },
      { flags: '--timeout <seconds>', to: 'config.timeout', help: 'after it a call is not tried again', read: amount },
      {
        flags: '--attempt-timeout <seconds>',
        to: 'config.attemptTimeout',
        help: 'after it an attempt at a call is given up, and the call tried again',
        read: count,
      },
      {
        flags: '--cache [expiry]',
        to: 'config.cache',
        help: 'remember answers of models: for a week when left out; 12h, 7D',
        read: cache,
        bare: 'true',
      },
    ],
    'Samples:': [
      {
        flags: '--limit <samples>',
        to: 'limit',
        help: 'the first 10 of each task (10), or some (10-20)',
        read: samples,
      },
      { flags: '--sample-id <ids>', to: 'sampleId', help: 'these alone, with commas; may be given again', read: texts },
      {
        flags: '--sample-shuffle [seed]',
        to: 'sampleShuffle',
        help: 'in random order, which is always the same for a seed',
        read: seed,
        bare: 'true',
      },
      { flags: '--epochs <times>', to: 'epochs.epochs', help: 'how often each sample is run: once', read: count },
      {
        flags: '--epochs-reducer <names>',
        to: 'epochs.reducer',
        help: 'how its scores become one: mean, median, mode, max, at_least_2, pass_at_2',
        read: texts,
      },
      { flags: '--no-epochs-reducer', to: 'epochs.reducer', help: 'leave the scores of epochs as they are' },
      {
        flags: '--max-samples <n>',
        to: 'maxSamples',
        help: 'samples at once: as many as calls of the model',
        read: count,
      },
      {
        flags: '--max-tasks <n>',
        to: 'maxTasks',
        help: 'tasks at once: 1, or as many as there are models',
        read: count,
      },
      { flags: '--no-score', to: 'score', help: 'do not score' },
    ],
    'Errors of samples:': [
      {
        flags: '--fail-on-error [threshold]',
        to: 'failOnError',
        help: 'how many end a task: a share below 1, or a number of samples; the first one when left out',
        read: (value) => number(0)(value) || true,
        bare: '0',
      },
      { flags: '--no-fail-on-error', to: 'failOnError', help: 'a task goes on, and does not fail' },
      { flags: '--continue-on-fail', to: 'continueOnFail', help: 'a task goes on to its end before it fails' },
      {
        flags: '--retry-on-error [times]',
        to: 'retryOnError',
        help: 'try a sample again: once when left out',
        read: countOrWord(1),
        bare: 'true',
      },
      { flags: '--score-on-error', to: 'scoreOnError', help: 'score what a sample came to that failed' },
    ],
    'Limits of a sample:': [
      { flags: '--message-limit <n>', to: 'messageLimit', help: 'messages of the conversation', read: amount },
      { flags: '--token-limit <n>', to: 'tokenLimit', help: 'tokens of all calls: 500000, 500k, 1m', read: tokens },
      { flags: '--cost-limit <dollars>', to: 'costLimit', help: 'needs prices', read: number(0) },
      { flags: '--turn-limit <n>', to: 'turnLimit', help: 'answers of models', read: amount },
      { flags: '--time-limit <seconds>', to: 'timeLimit', help: 'from start to end', read: seconds },
      { flags: '--working-limit <seconds>', to: 'workingLimit', help: 'without waits', read: seconds },
    ],
    'Generation:': [
      {
        flags: '--generate-config <file>',
        to: 'configOfFile',
        help: "Inspect's GenerateConfig in YAML or JSON",
        read: configFile(folder),
      },
      { flags: '--temperature <n>', to: 'config.temperature', help: 'from 0 to 2', read: number(0) },
      { flags: '--max-tokens <n>', to: 'config.maxTokens', help: 'tokens of an answer', read: count },
      { flags: '--top-p <n>', to: 'config.topP', help: 'from 0 to 1', read: number(0, 1) },
      { flags: '--top-k <n>', to: 'config.topK', help: 'tokens to choose from', read: count },
      { flags: '--seed <n>', to: 'config.seed', help: 'for sampling', read: wholeNumber() },
      {
        flags: '--stop-seqs <texts>',
        to: 'config.stopSeqs',
        help: 'texts that end an answer, with commas',
        read: (said) => said.split(','),
      },
      { flags: '--frequency-penalty <n>', to: 'config.frequencyPenalty', help: 'from -2 to 2', read: number(-2, 2) },
      { flags: '--presence-penalty <n>', to: 'config.presencePenalty', help: 'from -2 to 2', read: number(-2, 2) },
      { flags: '--system-message <text>', to: 'config.systemMessage', help: 'before all others', read: text },
      {
        flags: '--reasoning-effort <effort>',
        to: 'config.reasoningEffort',
        help: efforts.join(', '),
        read: oneOf(...efforts),
      },
      {
        flags: '--reasoning-tokens <n>',
        to: 'config.reasoningTokens',
        help: 'of Anthropic, Bedrock and Google',
        read: count,
      },
      {
        flags: '--reasoning-summary <kind>',
        to: 'config.reasoningSummary',
        help: 'none, concise, detailed, auto: of OpenAI',
        read: oneOf('none', 'concise', 'detailed', 'auto'),
      },
      {
        flags: '--verbosity <kind>',
        to: 'config.verbosity',
        help: 'low, medium, high: of OpenAI',
        read: oneOf('low', 'medium', 'high'),
      },
      {
        flags: '--effort <effort>',
        to: 'config.effort',
        help: 'low, medium, high, xhigh, max: of Anthropic',
        read: oneOf('low', 'medium', 'high', 'xhigh', 'max'),
      },
      {
        flags: '--extra-headers <object>',
        to: 'config.extraHeaders',
        help: 'of requests, in YAML or JSON',
        read: mapping,
      },
      {
        flags: '--extra-body <object>',
        to: 'config.extraBody',
        help: 'fields of requests, in YAML or JSON',
        read: mapping,
      },
      {
        flags: '--max-tool-output <bytes>',
        to: 'config.maxToolOutput',
        help: 'of the result of a tool: 16384; 0 for no end',
        read: amount,
      },
      { flags: '--fail-on-refusal', to: 'config.failOnRefusal', help: 'an answer that was filtered is an error' },
      { flags: '--no-fail-on-refusal', to: 'config.failOnRefusal', help: 'also where a task says so' },
    ],
    'Logs:': [
      {
        flags: '--log-dir <folder>',
        to: 'logDir',
        help: 'where they are written: ./logs',
        read: text,
        variables: ['INSPECT_LOG_DIR'],
      },
      { flags: '--tags <tags>', to: 'tags', help: 'of the run, with commas', read: texts },
      {
        flags: '--metadata <name=value>',
        to: 'metadata',
        help: 'of the run; may be given again',
        read: argument,
        several: true,
      },
      { flags: '--no-log-samples', to: 'logSamples', help: 'without samples' },
      { flags: '--no-log-realtime', to: 'logRealtime', help: 'nothing beside the log while it runs' },
      {
        flags: '--log-shared [seconds]',
        to: 'logShared',
        help: 'how often what is new is put beside the log: 2; without a number 10',
        read: (value) => countOrWord(10)(value) || undefined,
        bare: 'true',
        variables: ['INSPECT_LOG_SHARED', 'INSPECT_EVAL_LOG_SHARED'],
      },
    ],
  }
}
