import { join } from 'node:path'
import { evalRetry, evalSet, evaluate, type LoggedEval } from '../src/index.ts'
import type { Scenario, ScenarioRun } from './format.ts'
import { readScenario } from './read-scenario.ts'
import { actOnHooks } from './runner/acting-hooks.ts'
import { modelCosts, modelOf, modelsOf, useModels } from './runner/models.ts'
import { recordTo } from './runner/recorder.ts'
import { makeTask, runOptions } from './runner/tasks.ts'

/*
 * Runs a scenario with our runner: `node drive.ts SCENARIO HOOKS FOLDER`. What the hooks were given is written to HOOKS;
 * logs are in FOLDER.
 */

const [scenarioFile = '', hooksFile = '', folder = ''] = process.argv.slice(2)
const { scenario } = readScenario(scenarioFile)
process.env['EVALSPAN_CACHE_DIR'] = join(folder, 'cache')

recordTo(hooksFile)
useModels(scenario.models)
let controller = new AbortController()
actOnHooks(scenario, () => {
  if (scenario.cancel?.by === 'ctrl_c') process.kill(process.pid, 'SIGINT')
  else controller.abort()
})
const logs: (readonly LoggedEval[])[] = []
for (const said of scenario.runs ?? [{ eval: {} }]) {
  // Ctrl-C ends one run.
  controller = new AbortController()
  try {
    logs.push(await run(said, scenario))
  } catch (error) {
    // Inspect's driver goes on too.
    logs.push([])
    console.error(error)
  }
}

async function run({ eval: once, eval_set: set, eval_retry: retry }: ScenarioRun, { tasks }: Scenario) {
  const said = once ?? set ?? retry!
  const common = { logDir: join(folder, said.log_dir ?? 'logs'), signal: controller.signal, modelCosts: modelCosts() }
  const host = { banner: () => {} }
  if (retry) {
    const [failed] = logs[retry.of ?? 0]!
    if (!failed) throw new Error(`run ${retry.of ?? 0} has left no log`)
    const { max_samples: maxSamples, retry_on_error: retryOnError } = retry
    const { eval: spec } = failed
    const options = {
      // Inspect finds it by its name.
      model: modelOf(spec.model),
      modelRoles: modelsOf(rolesOf(spec)),
      maxSamples,
      retryOnError,
      ...common,
    }
    return await evalRetry(failed.location, makeTask(tasks.find(({ name }) => name === spec.task)!), options, host)
  }
  const chosen = tasks.filter(({ name }) => (once ?? set)!.tasks?.includes(name) !== false).map(makeTask)
  if (once) return await evaluate(chosen, { ...runOptions(once), ...common }, host)
  const { retry_attempts: retryAttempts, retry_cleanup: retryCleanup } = set!
  return (await evalSet(chosen, { ...runOptions(set!), ...common, retryAttempts, retryCleanup }, host)).logs
}

/** The names of the models by role. */
function rolesOf(spec: object): { [role: string]: string } {
  const { model_roles: roles = {} } = spec as {
    readonly model_roles?: { readonly [role: string]: { readonly model: string } }
  }
  return Object.fromEntries(Object.entries(roles).map(([role, { model }]) => [role, model]))
}
