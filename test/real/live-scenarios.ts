import { cpSync, linkSync, mkdirSync, rmSync } from 'node:fs'
import { extname, join } from 'node:path'
import { findScenarios, type Scenario } from '../../scripts/fidelity/scenarios.ts'
import { forwarderEnvironment } from '../../src/cli/live/forwarder-environment.ts'
import { eventually, type Ended } from '../faults/child-process.ts'
import type { ArrivedSpan } from './arrivals.ts'
import type { Fields } from './differences.ts'
import { outputOf, pythonCommand } from './inspect-python.ts'
import { InspectScene } from './inspect-scene.ts'

const longestMs = 15 * 60_000
/** Of the scenarios' own time, much is waiting. */
const jobs = 3

/** What came of a command that was told of logs which had been seen live. */
export interface Later extends Ended {
  readonly spans: readonly ArrivedSpan[]
  readonly records: readonly Fields[]
}

/** Scenarios of `generate.py` that one listener was told of while they ran, by many processes at once. */
export class LiveScenarios implements AsyncDisposable {
  readonly scene: InspectScene
  readonly scenarios: readonly Scenario[]
  /** What `generate.py` left: hooks as they were recorded, and logs. */
  readonly folder: string
  /** The events that came, as the listener wrote them down. */
  readonly arrived: string
  /** The logs alone, each eval once. */
  readonly logs: string
  readonly listener: Ended

  private constructor(scene: InspectScene, scenarios: readonly Scenario[], listener: Ended) {
    this.scene = scene
    this.scenarios = scenarios
    this.folder = outOf(scene)
    this.arrived = arrivedOf(scene)
    this.logs = scene.logs
    this.listener = listener
  }

  /** Rejects when a scenario fails, or this Inspect lacks what it is about. */
  static async run(names: readonly string[]): Promise<LiveScenarios> {
    const scene = await InspectScene.open()
    const socket = scene.place('listen.sock')
    const listener = scene.evalspan(['listen', '--socket', socket], { EVALSPAN_EVENT_LOG: arrivedOf(scene) }, longestMs)
    await eventually('the listener listens', () => listener.stdout.includes('listening at'))
    const places = ['--places', scene.place('places'), '--jobs', String(jobs)]
    const variables = forwarderEnvironment({}, { EVALSPAN_SOCKET: socket })
    const made = await outputOf(pythonCommand('generate.py', outOf(scene), ...names, ...places), variables)
    if (made.includes('skipped')) throw new Error(made)
    listener.kill('SIGINT')
    const ended = await listener.ended
    const { scenarios, problems } = await findScenarios(outOf(scene))
    if (problems.length > 0) throw new Error(problems.join('\n'))
    const paths = new Set(scenarios.flatMap(({ logs }) => logs.map(({ path }) => path)))
    // A folder is searched for what is named as Inspect names its logs.
    for (const [index, path] of [...paths].entries())
      linkSync(path, join(scene.logs, `2026-11-28T00-00-00-00-00_scenario_${index}${extname(path)}`))
    cpSync(scene.place('outbox'), scene.place('outbox-before'), { recursive: true })
    return new LiveScenarios(scene, scenarios, ended)
  }

  /** Lets a command with the listener's outbox read the logs, as if no other had. */
  async later(...args: readonly string[]): Promise<Later> {
    const { scene } = this
    rmSync(scene.place('outbox'), { recursive: true })
    cpSync(scene.place('outbox-before'), scene.place('outbox'), { recursive: true })
    const [spans, records] = [scene.arrivals.spans.length, scene.arrivals.records.length]
    const ended = await scene.evalspan(args, { EVALSPAN_OUTBOX: scene.place('outbox') }).ended
    return {
      ...ended,
      spans: scene.arrivals.spans.slice(spans),
      records: scene.arrivals.records.slice(records) as Fields[],
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.scene[Symbol.asyncDispose]()
  }
}

function outOf(scene: InspectScene): string {
  const folder = scene.place('out')
  mkdirSync(folder, { recursive: true })
  return folder
}

function arrivedOf(scene: InspectScene): string {
  return scene.place('arrived.jsonl')
}
