/**
 * Every name that leaves on a span, an event or a metric: a contract with dashboards, so a rename is a breaking change.
 *
 * `gen_ai.*` follows the GenAI conventions of OpenTelemetry v1.41, or, when `OTEL_SEMCONV_STABILITY_OPT_IN` contains
 * `gen_ai_latest_experimental`, those of the semantic-conventions-genai repository (1.42.0-dev). `test.*` are OpenTelemetry's
 * (development), `test.suite.run.id`, `test.case.id`, `test.case.run.*` its open proposals. `eval.*` is ours.
 */
export const attribute = {
  openinferenceKind: 'openinference.span.kind',
  sessionId: 'session.id',
  inputValue: 'input.value',
  outputValue: 'output.value',
  errorType: 'error.type',
  exceptionType: 'exception.type',
  exceptionMessage: 'exception.message',
  exceptionStacktrace: 'exception.stacktrace',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  outputType: 'gen_ai.output.type',
  httpStatus: 'http.response.status_code',
  revision: 'vcs.ref.head.revision',

  suiteName: 'test.suite.name',
  suiteRunId: 'test.suite.run.id',
  suiteRunStatus: 'test.suite.run.status',
  caseId: 'test.case.id',
  caseName: 'test.case.name',
  caseRunId: 'test.case.run.id',
  caseRunAttempt: 'test.case.run.attempt',
  caseResultStatus: 'test.case.result.status',

  schemaVersion: 'eval.schema.version',
  traceId: 'evalspan.trace_id',
  ownSpanId: 'evalspan.span_id',
  setId: 'eval.set.id',
  runId: 'eval.run.id',
  runTaskCount: 'eval.run.task_count',
  taskId: 'eval.task.id',
  taskVersion: 'eval.task.version',
  taskArgs: 'eval.task.args',
  datasetName: 'eval.dataset.name',
  datasetSize: 'eval.dataset.size',
  sampleCount: 'eval.sample.count',
  sampleErrorCount: 'eval.sample.error_count',
  sampleReusedCount: 'eval.sample.reused_count',
  metricPrefix: 'eval.metric.',
  epoch: 'eval.epoch',
  sampleOutcome: 'eval.sample.outcome',
  sampleLimit: 'eval.sample.limit',
  sampleLimitValue: 'eval.sample.limit.value',
  sampleAttempts: 'eval.sample.attempts',
  sampleTotalTime: 'eval.sample.total_time',
  sampleWorkingTime: 'eval.sample.working_time',
  sampleTarget: 'eval.sample.target',
  usageInput: 'eval.usage.input_tokens',
  usageOutput: 'eval.usage.output_tokens',
  usageCost: 'eval.usage.cost',
  modelCost: 'eval.model.cost',
  attemptWillRetry: 'eval.attempt.will_retry',
  attemptOutcome: 'eval.attempt.outcome',
  spanId: 'eval.span.id',
  spanType: 'eval.span.type',
  spanName: 'eval.span.name',
  spanIncomplete: 'eval.span.incomplete',
  incomplete: 'eval.incomplete',
  contentTruncated: 'eval.content.truncated',
  linkType: 'eval.link.type',
  scoreEdited: 'eval.score.edited',
  scoreIntermediate: 'eval.score.intermediate',
  modelRole: 'eval.model.role',
  modelRetries: 'eval.model.retries',
  modelCache: 'eval.model.cache',
  modelWorkingTime: 'eval.model.working_time',
  retryAttempt: 'eval.model.retry.attempt',
  retryWaitTime: 'eval.model.retry.wait_time',
  toolTruncated: 'eval.tool.truncated',
  toolWorkingTime: 'eval.tool.working_time',
  cacheResult: 'eval.cache.result',
  metricName: 'eval.metric.name',
  bridgeEventType: 'eval.bridge.event.type',
  bridgeOutcome: 'eval.bridge.outcome',

  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  agentName: 'gen_ai.agent.name',
  requestModel: 'gen_ai.request.model',
  choiceCount: 'gen_ai.request.choice.count',
  seed: 'gen_ai.request.seed',
  temperature: 'gen_ai.request.temperature',
  topP: 'gen_ai.request.top_p',
  topK: 'gen_ai.request.top_k',
  maxTokens: 'gen_ai.request.max_tokens',
  frequencyPenalty: 'gen_ai.request.frequency_penalty',
  presencePenalty: 'gen_ai.request.presence_penalty',
  stopSequences: 'gen_ai.request.stop_sequences',
  reasoningLevel: 'gen_ai.request.reasoning.level',
  responseId: 'gen_ai.response.id',
  responseModel: 'gen_ai.response.model',
  finishReasons: 'gen_ai.response.finish_reasons',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  tokenType: 'gen_ai.token.type',
  tokenModality: 'gen_ai.token.modality',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  systemInstructions: 'gen_ai.system_instructions',
  toolDefinitions: 'gen_ai.tool.definitions',
  toolName: 'gen_ai.tool.name',
  toolType: 'gen_ai.tool.type',
  toolCallId: 'gen_ai.tool.call.id',
  toolArguments: 'gen_ai.tool.call.arguments',
  toolResult: 'gen_ai.tool.call.result',
  evaluationName: 'gen_ai.evaluation.name',
  scoreValue: 'gen_ai.evaluation.score.value',
  scoreLabel: 'gen_ai.evaluation.score.label',
  explanation: 'gen_ai.evaluation.explanation',
} as const

export const event = {
  exception: 'exception',
  evaluationResult: 'gen_ai.evaluation.result',
  modelException: 'gen_ai.client.operation.exception',
  modelRetry: 'eval.model.retry',
  sampleLimit: 'eval.sample.limit',
} as const

/** The generation of names that mapping writes; one at a time, never both. */
export type Generation = 'v1.41' | 'latest'

/** The one attribute whose name differs between the generations. */
export function cacheWriteTokens(generation: Generation): string {
  return generation === 'latest' ? 'gen_ai.usage.cache_write.input_tokens' : 'gen_ai.usage.cache_creation.input_tokens'
}

/** Stamped on sample roots, so that consumers can tell generations of our names apart. */
export const schemaVersion = '1'

/** `OTEL_SEMCONV_STABILITY_OPT_IN`, a list. */
export function generationOf(env: NodeJS.ProcessEnv): Generation {
  const optIns = (env['OTEL_SEMCONV_STABILITY_OPT_IN'] ?? '').split(',').map((name) => name.trim())
  return optIns.includes('gen_ai_latest_experimental') ? 'latest' : 'v1.41'
}
