import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Item } from '../../../src/delivery/item.ts'
import { openLog } from '../../../src/inspect/log.ts'
import type { IntakeOptions } from '../../../src/sources/live/intake.ts'
import { LiveProcess } from '../../../src/sources/live/live-process.ts'
import { LiveStream, readBatch, type Answer } from '../../../src/sources/live/live-stream.ts'
import type { Envelope } from '../../../src/sources/live/envelope.ts'
import type { Unfinished } from '../../../src/telemetry/mapping.ts'
import { Mapping } from '../../../src/telemetry/mapping.ts'
import { telemetrySettings } from '../../../src/telemetry/settings.ts'
import { OpenLines } from './open-lines.ts'

export const fixtures = 'test/fixtures/inspect'

/** All recorded runs. */
export const recorded = readdirSync(fixtures)
  .filter((name) => name.endsWith('.hooks.jsonl'))
  .map((name) => name.replace('.hooks.jsonl', ''))

function logsOf(name: string): string[] {
  const paths = [`${fixtures}/${name}.eval`, `${fixtures}/${name}.json`].filter((path) => existsSync(path))
  if (paths.length > 0) return paths
  return readdirSync(`${fixtures}/${name}`)
    .filter((each) => each.endsWith('.eval'))
    .map((each) => join(fixtures, name, each))
}

/** What a live run came to. */
export class Played {
  readonly items = new Map<string, Item>()
  /** Items that came once more with other content. */
  readonly superseded: Item[] = []
  readonly open: Unfinished[] = []
  readonly problems: string[] = []
  readonly hooks: string[] = []
  readonly #mapping = new Mapping(telemetrySettings({}))

  /** What a stream of this run is told with. */
  options(): IntakeOptions {
    const add = (items: readonly Item[]): void => {
      for (const item of items) {
        const key = keyOf(item)
        const known = this.items.get(key)
        if (!known) this.items.set(key, item)
        else if (known.digest !== item.digest) this.superseded.push(item)
      }
    }
    return {
      to: {
        fire: async (event) => {
          this.hooks.push(event.hook)
          add(this.#mapping.map(event).items)
        },
        taskLog: (log) => add(this.#mapping.taskLog(log).items),
        sampleReused: (log) => this.#mapping.sampleReused(log),
        leaveOpen: (runId) => void this.open.push(this.#mapping.leaveOpen(runId)),
      },
      onProblem: (error) => void this.problems.push(error.message),
    }
  }

  stream(): LiveStream {
    const { to, onProblem } = this.options()
    return new LiveStream(new LiveProcess(to, onProblem), onProblem)
  }
}

export function keyOf(item: Item): string {
  return `${item.kind} ${item.object} ${item.id}`
}

/** The lines of a recorded run as a forwarder sends them: with the place of its log in the first one of each task. */
export async function linesOf(name: string): Promise<string[]> {
  const logs = new Map(await Promise.all(logsOf(name).map(async (path) => [await evalIdOf(path), path] as const)))
  const lines = readFileSync(`${fixtures}/${name}.hooks.jsonl`, 'utf8').trim().split('\n')
  return lines.map((line) => {
    const [, evalId] = /"hook": "on_task_start".*?"eval_id": "(\w+)"/.exec(line) ?? []
    const log = evalId === undefined ? undefined : logs.get(evalId)
    return log === undefined ? line : `{"log": ${JSON.stringify(log)}, ${line.slice(1)}`
  })
}

/** Sends lines as a forwarder does; `isLost` says which do not arrive (by their number, from 0), `ends` whether its process ends in order. */
export async function send(
  stream: LiveStream,
  lines: readonly string[],
  { isLost = () => false, ends = true }: { readonly isLost?: (index: number) => boolean; readonly ends?: boolean } = {},
): Promise<void> {
  const open = new OpenLines()
  const post = async (first: number, sent: readonly string[], end = false): Promise<void> => {
    const answer = await take(stream, { stream: 'stream01', first, end }, sent)
    if (!('need' in answer)) return
    const { lines: again } = open
    await take(stream, { stream: 'stream01', first, end, open: again.length }, [...again, ...sent])
  }
  for (const [index, line] of lines.entries()) {
    if (!isLost(index)) await post(index + 1, [line])
    open.take(line, !isLost(index))
  }
  if (ends) await post(lines.length + 1, [], true)
}

export async function take(stream: LiveStream, envelope: Envelope, lines: readonly string[]): Promise<Answer> {
  return await stream.take(readBatch([JSON.stringify(envelope), ...lines].join('\n')), 1000)
}

async function evalIdOf(path: string): Promise<string> {
  const log = await openLog(path)
  await log.close()
  return log.header.eval.eval_id
}
