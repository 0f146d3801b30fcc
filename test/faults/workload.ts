import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { telemetrySettings } from '../../src/telemetry/settings.ts'
import { Mapping } from '../../src/telemetry/mapping.ts'
import { replay } from '../../src/sources/replay.ts'
import { logKey, spanKey } from './keys.ts'

const recording = join(import.meta.dirname, '../fixtures/inspect/basic.hooks.jsonl')
const ids = {
  run: '4wDbr94hovi2ppewosJtCt',
  eval: '9i9wFcepw95XUPLin3cu3R',
  task: 'Wouq7PdBzXNFN7p9ECShb7',
  sample: 'YK6z7RDGcpM2sswowU3KWe',
}

/** The events of an eval, in a file that a host program plays and `evalspan replay` reads. */
export interface Workload {
  readonly file: string
  readonly samples: number
  /** What each event adds to the backend, in order: keys of spans and of log records. */
  readonly steps: readonly { readonly spans: readonly string[]; readonly logs: readonly string[] }[]
}

/** A recorded run with its first sample so many times over. All ids come from the name: who knows it knows them. */
export async function writeWorkload(folder: string, name: string, samples: number): Promise<Workload> {
  const lines = readFileSync(recording, 'utf8').trim().split('\n')
  const hooks = lines.map((line) => (JSON.parse(line) as { hook: string }).hook)
  const own = (text: string, sample = 0): string =>
    text
      .replaceAll(ids.run, `${name}-run`)
      .replaceAll(ids.eval, `${name}-eval`)
      .replaceAll(ids.task, `${name}-task`)
      .replaceAll(ids.sample, `${name}-sample-${sample}`)
  const head = lines.filter((_, index) => hooks[index] === 'on_run_start' || hooks[index] === 'on_task_start')
  const tail = lines.filter((_, index) => hooks[index] === 'on_task_end' || hooks[index] === 'on_run_end')
  const sample = lines.filter((line) => line.includes(ids.sample))
  const middle = Array.from({ length: samples }, (_, index) => sample.map((line) => own(line, index)))
  const file = join(folder, `${name}.jsonl`)
  writeFileSync(
    file,
    `${[...head.map((line) => own(line)), ...middle.flat(), ...tail.map((line) => own(line))].join('\n')}\n`,
  )
  return { file, samples, steps: await stepsOf(file) }
}

/** What the first so many events give. */
export function keysOf({ steps }: Workload, events: number = Infinity): { spans: Set<string>; logs: Set<string> } {
  const part = steps.slice(0, events)
  return { spans: new Set(part.flatMap(({ spans }) => spans)), logs: new Set(part.flatMap(({ logs }) => logs)) }
}

async function stepsOf(file: string): Promise<Workload['steps']> {
  const mapping = new Mapping(telemetrySettings({}))
  const steps: { spans: string[]; logs: string[] }[] = []
  const onProblem = (error: Error): never => {
    throw error
  }
  for await (const event of replay([file], { onProblem })) {
    const { items } = mapping.map(event)
    steps.push({
      spans: items.flatMap((item) => (item.kind === 'span' ? [spanKey(item.body)] : [])),
      logs: items.flatMap((item) => (item.kind === 'log' ? [logKey(item.body)] : [])),
    })
  }
  return steps
}
