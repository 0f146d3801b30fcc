/** Settings of how calls are made, which change nothing about an answer. A task of a set is the same with others. */
export const callMechanics: ReadonlySet<string> = new Set([
  'max_connections',
  'adaptive_connections',
  'max_retries',
  'timeout',
  'attempt_timeout',
  'stream_idle_timeout',
  'cache',
  'cache_prompt',
  'batch',
])

/** What the key of the cache leaves out: whether a refusal is an error, too, is settled after the answer. */
export const notInCacheKey: ReadonlySet<string> = new Set([...callMechanics, 'fail_on_refusal'])

/** Those of a task that go to graders and models in roles, too. As in Inspect `attempt_timeout` and others do not. */
export const inheritedMechanics: ReadonlySet<string> = new Set(['max_connections', 'max_retries', 'timeout', 'cache'])
