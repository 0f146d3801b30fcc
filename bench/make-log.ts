import { parseArgs } from 'node:util'
import { chunkSample, type Member } from './chunk-sample.ts'
import { makeSample } from './make-sample.ts'
import { Random } from './random.ts'
import type { Json } from './transcript.ts'
import { ZipFile } from './zip-file.ts'

export interface LogOptions {
  /** Of JSON, before compression. */
  readonly megabytes: number
  readonly samples: number
  readonly eventsPerSample: number
  /** Samples in many members each, as no Inspect writes them yet. */
  readonly chunked?: boolean | undefined
  /** Another one gives another log, of another run. */
  readonly seed?: number | undefined
}

/**
 * Writes an `.eval` log of the size that is asked for, as Inspect 0.3.285 would. The same options give the same log.
 * Run it as `node bench/make-log.ts FILE --megabytes 200 --samples 20 --events 500`.
 */
export function makeLog(path: string, options: LogOptions): { bytes: number; compressed: number } {
  const random = new Random(options.seed ?? 1)
  const start = Date.parse('2026-11-21T09:00:00Z')
  const textLength = textLengthFor(options)
  const zip = new ZipFile(path)
  const header = headerOf(random, options.samples)
  zip.add('_journal/start.json', JSON.stringify({ version: 2, eval: header['eval'], plan: header['plan'] }))
  const summaries: Json[] = []
  for (let index = 0; index < options.samples; index += 1) {
    const id = `sample-${index + 1}`
    const made = makeSample(random, { id, events: options.eventsPerSample, textLength, start: start + index * 1000 })
    for (const [rest, text] of membersOf(made.sample, options)) zip.add(`samples/${id}_epoch_1${rest}`, text)
    summaries.push(made.summary)
  }
  zip.add('_journal/summaries/1.json', JSON.stringify(summaries))
  zip.add('summaries.json', JSON.stringify(summaries))
  zip.add('header.json', JSON.stringify(header))
  return { bytes: zip.size, compressed: zip.close() }
}

function membersOf(sample: Json, { chunked }: LogOptions): Iterable<Member> {
  return chunked ? chunkSample(sample) : [['.json', JSON.stringify(sample)]]
}

/** How long the texts must be: the size of a sample grows evenly with them, so two small samples tell. */
function textLengthFor(options: LogOptions): number {
  const { megabytes, samples, eventsPerSample } = options
  const [short, long] = [200, 400]
  const [small, large] = [short, long].map((textLength) => {
    const { sample } = makeSample(new Random(1), { id: 'x', events: eventsPerSample, textLength, start: 0 })
    return [...membersOf(sample, options)].reduce((bytes, [, text]) => bytes + Buffer.byteLength(text), 0)
  }) as [number, number]
  const wanted = (megabytes * 1e6) / samples
  return Math.max(1, Math.round(short + ((wanted - small) * (long - short)) / (large - small)))
}

function headerOf(random: Random, samples: number): Json {
  const ids = Array.from({ length: samples }, (_, index) => `sample-${index + 1}`)
  const [started, completed] = ['2026-11-21T09:00:00+00:00', '2026-11-21T12:00:00+00:00']
  const metric = { name: 'accuracy', value: 0.5, params: {} }
  return {
    version: 2,
    status: 'success',
    eval: {
      eval_id: random.id(),
      run_id: random.id(),
      created: started,
      task: 'bench',
      task_id: random.id(),
      task_version: 0,
      task_args: {},
      dataset: { name: 'bench', samples, sample_ids: ids, shuffled: false },
      model: 'openai/gpt-5-mini',
      model_generate_config: { temperature: 0.5 },
      model_args: {},
      config: { epochs: 1 },
      packages: { inspect_ai: '0.3.285' },
    },
    plan: { name: 'plan', steps: [{ solver: 'react', params: {}, params_passed: {} }], config: {} },
    results: {
      total_samples: samples,
      completed_samples: samples,
      scores: [{ name: 'match', scorer: 'match', scored_samples: samples, params: {}, metrics: { accuracy: metric } }],
    },
    stats: { started_at: started, completed_at: completed, model_usage: {}, role_usage: {} },
    invalidated: false,
    tags: [],
    metadata: {},
  }
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      megabytes: { type: 'string', default: '200' },
      samples: { type: 'string', default: '20' },
      events: { type: 'string', default: '500' },
      chunked: { type: 'boolean', default: false },
    },
  })
  const path = positionals[0] ?? 'bench.eval'
  const { bytes, compressed } = makeLog(path, {
    megabytes: Number(values.megabytes),
    samples: Number(values.samples),
    eventsPerSample: Number(values.events),
    chunked: values.chunked,
  })
  console.log(`${path}: ${(bytes / 1e6).toFixed(1)} MB of JSON in ${(compressed / 1e6).toFixed(1)} MB`)
}
