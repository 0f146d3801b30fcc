/** How the runner makes calls, which is not the provider's to know. */
const ofRunner = [
  'max_connections',
  'adaptive_connections',
  'max_retries',
  'timeout',
  'attempt_timeout',
  'stream_idle_timeout',
  'cache',
]

/** Settings of how calls are made, which change nothing about an answer. A task of a set is the same with others. */
export const callMechanics: ReadonlySet<string> = new Set([...ofRunner, 'cache_prompt', 'batch'])

/** What the key of the cache leaves out: whether a refusal is an error, too, is settled after the answer. */
export const notInCacheKey: ReadonlySet<string> = new Set([...callMechanics, 'fail_on_refusal'])

/** Those of a task that go to graders and models in roles, too. As in Inspect those of one attempt do not. */
export const inheritedMechanics: ReadonlySet<string> = new Set([
  'max_connections',
  'adaptive_connections',
  'max_retries',
  'timeout',
  'cache',
])

/** What no provider is sent: the runner heeds it, some of it in the messages. */
export const notForProviders: ReadonlySet<string> = new Set([
  ...ofRunner,
  'system_message',
  'max_tool_output',
  'fail_on_refusal',
  'reasoning_history',
])
