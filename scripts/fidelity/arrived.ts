import { isFields } from '../../src/inspect/fields.ts'
import { stringify } from '../../src/inspect/json.ts'
import type { Placed } from './fired.ts'
import { readHooks } from './read-hooks.ts'

/** Hooks that a listener was told of live, as it wrote them down (`EVALSPAN_EVENT_LOG`): those of many processes. */
export class ArrivedHooks {
  readonly #byRun: ReadonlyMap<string | undefined, readonly Placed[]>

  private constructor(hooks: readonly Placed[]) {
    this.#byRun = Map.groupBy(hooks, runOf)
  }

  static async read(path: string, onProblem: (problem: string) => void): Promise<ArrivedHooks> {
    return new ArrivedHooks(await readHooks(path, onProblem, { ofOneProcess: false }))
  }

  /** What arrived of the runs of which this was recorded; of what names no run, what says the same. */
  of(recorded: readonly Placed[]): Placed[] {
    const runs = new Set(recorded.flatMap((placed) => runOf(placed) ?? []))
    const withoutRun = new Set(recorded.filter((placed) => runOf(placed) === undefined).map(textOf))
    return [
      ...[...runs].flatMap((run) => this.#byRun.get(run) ?? []),
      ...(this.#byRun.get(undefined) ?? []).filter((placed) => withoutRun.has(textOf(placed))),
    ].toSorted((a, b) => a.line - b.line)
  }
}

/** The run that a hook is of, or its eval set. */
function runOf({ event: { data } }: Placed): string | undefined {
  if (!isFields(data)) return undefined
  const id = data['run_id'] ?? data['eval_set_id']
  return typeof id === 'string' ? id : undefined
}

function textOf({ event: { hook, data } }: Placed): string {
  return stringify([hook, data])
}
