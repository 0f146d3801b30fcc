import { task, type ErrorHandling, type EvaluateOptions, type Limits, type Sample, type Task } from '../../src/index.ts'
import type { RunOptions, ScenarioTask } from '../format.ts'
import { camel } from './camel.ts'
import { failTimes } from './errors.ts'
import { modelOf, modelsOf } from './models.ts'
import { makeMetrics, makeScorers } from './scorers.ts'
import { makeSteps } from './solvers.ts'

export function makeTask(said: ScenarioTask): Task {
  const { name, sandbox, cleanup, model, version, metrics } = said
  return task({
    name,
    ...common(said),
    dataset: said.samples as readonly Sample[],
    solver: makeSteps(said.solver ?? [{ generate: {} }], `${name}.solver`),
    scorer: makeScorers(said.scorer ?? [{ match: {} }], `${name}.scorer`),
    ...(said.setup && { setup: makeSteps(said.setup, `${name}.setup`) }),
    ...(metrics && { metrics: makeMetrics(metrics) }),
    ...(model !== undefined && { model: modelOf(model) }),
    ...(version !== undefined && { version }),
    ...(sandbox && {
      sandbox: {
        init: () => {
          // As for Inspect, where no sample is active yet in which it could be counted.
          if ((sandbox.times ?? 1) > 0)
            failTimes(`${name}.sandbox`, { type: 'RuntimeError', message: 'no sandbox', ...sandbox, by: 'all' })
        },
      },
    }),
    ...(cleanup && { cleanup: async () => failTimes(`${name}.cleanup`, cleanup) }),
  })
}

export function runOptions(said: RunOptions): EvaluateOptions {
  const { model, max_connections: maxConnections } = said
  return {
    ...common(said),
    maxSamples: said.max_samples,
    maxTasks: said.max_tasks,
    maxConnections,
    score: said.score,
    limit: said.limit,
    sampleId: said.sample_id,
    sampleShuffle: said.sample_shuffle,
    logSamples: said.log_samples,
    ...(model !== undefined && { model: typeof model === 'string' ? modelOf(model) : model.map(modelOf) }),
  }
}

type Common = Pick<RunOptions, keyof RunOptions & keyof ScenarioTask>

/** What tasks and runs have in common. */
function common(said: Common) {
  const { epochs, epochs_reducer: reducer } = said
  return {
    ...limitsOf(said),
    ...errorHandling(said),
    ...(said.config && { config: camel(said.config) }),
    ...(said.model_roles && { modelRoles: modelsOf(said.model_roles) }),
    ...(epochs !== undefined && { epochs: reducer ? { epochs, reducer } : epochs }),
    ...(said.tags && { tags: said.tags }),
    ...(said.metadata && { metadata: said.metadata }),
  }
}

function limitsOf(said: Pick<Common, `${string}_limit` & keyof Common>): Limits {
  return {
    messageLimit: said.message_limit,
    tokenLimit: said.token_limit,
    costLimit: said.cost_limit,
    turnLimit: said.turn_limit,
    timeLimit: said.time_limit,
    workingLimit: said.working_limit,
  }
}

function errorHandling(said: Common): ErrorHandling {
  return {
    failOnError: said.fail_on_error,
    continueOnFail: said.continue_on_fail,
    retryOnError: said.retry_on_error,
    scoreOnError: said.score_on_error,
  }
}
