import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { openLog } from '../../src/inspect/log.ts'
import type { EvalLog } from '../../src/inspect/records.ts'
import { findFiles } from '../../src/sources/find.ts'
import type { Ended, Variables } from '../faults/child-process.ts'
import type { ArrivedSpan } from './arrivals.ts'
import { arrivalDifferences } from './differences.ts'
import { InspectScene, freshReplay } from './inspect-scene.ts'
import { judge } from './live-extras.ts'
import { LiveScene } from './live-scene.ts'

const folder = join(import.meta.dirname, 'inspect')

/** What came of a command under `evalspan run`. */
export interface LiveKind {
  readonly ended: Ended
  readonly spans: readonly ArrivedSpan[]
  readonly logs: readonly EvalLog[]
  /** What its logs tell otherwise, and is not on the list. */
  readonly unlisted: readonly string[]
  /** Names of spans that a replay of the logs sent afterwards. */
  readonly sentAgain: readonly string[]
  /** The hooks that came. */
  readonly hooks: readonly string[]
}

/** Runs a command in which `LOGS` stands for the log folder, then reads its logs, as new and as known. */
export async function runLive(command: readonly string[], variables: Variables = {}): Promise<LiveKind> {
  await using scene = await InspectScene.open()
  const words = command.map((word) => word.replaceAll('LOGS', scene.logs))
  const { arrivals } = scene
  const events = scene.place('events.jsonl')
  const child = scene.evalspan(['run', '--', ...words], {
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONPATH: withScriptedModel(scene.place('packages')),
    EVALSPAN_EVENT_LOG: events,
    ...variables,
  })
  child.process.stdin!.end('typed\n')
  const ended = await child.ended
  const spans = [...arrivals.spans]
  const hooks = readFileSync(events, 'utf8').match(/(?<="hook":")\w+/g) ?? []
  const { files } = await findFiles([scene.logs]).catch(() => ({ files: [] }))
  if (files.length === 0) return { ended, spans, hooks, logs: [], unlisted: [], sentAgain: [] }
  const logs = await Promise.all(files.map(headerOf))
  const replayed = await freshReplay(scene, scene.logs)
  const differences = arrivalDifferences(arrivals, replayed)
  const { unlisted } = judge(differences, new LiveScene({ live: spans, replayed: replayed.spans, headers: logs }))
  await scene.replay(scene.logs)
  const sentAgain = arrivals.spans.slice(spans.length).map(({ name }) => name)
  return { ended, spans, hooks, logs, unlisted, sentAgain }
}

/** A package by which Inspect finds the provider of `fake_model.py`, as it finds that of any package. */
function withScriptedModel(packages: string): string {
  const info = join(packages, 'fake_model-1.0.dist-info')
  mkdirSync(info, { recursive: true })
  writeFileSync(join(info, 'METADATA'), 'Metadata-Version: 2.1\nName: fake_model\nVersion: 1.0\n')
  writeFileSync(join(info, 'entry_points.txt'), '[inspect_ai]\nfake_model = fake_model\n')
  return [packages, folder].join(delimiter)
}

/** The command line of a script in `test/real/inspect`, with the Python of some Inspect. */
export function scriptOf(python: string, kind: string, logs = 'LOGS'): readonly string[] {
  return [python, join(folder, 'scripts_of_users.py'), kind, logs]
}

/** A task of `kinds.py`, for Inspect’s commands. */
export function taskOf(name: string): string {
  return `${join(folder, 'kinds.py')}@${name}`
}

/** How many spans there are of each kind that is asked for. */
export function counts(spans: readonly ArrivedSpan[], ...names: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(names.map((name) => [name, spans.filter((span) => span.name.startsWith(name)).length]))
}

async function headerOf(path: string): Promise<EvalLog> {
  const log = await openLog(path)
  await log.close()
  return log.header
}
