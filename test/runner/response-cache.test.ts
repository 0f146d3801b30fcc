import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { generate, mockModel, modelOutput, type CachePolicy, type ModelApi, type TaskOptions } from '../../src/index.ts'
import { lifetimeMs, ResponseCache, type CacheEntry } from '../../src/runner/model/response-cache.ts'
import { temporaryCache } from './in-cache.ts'
import { aTask, dataOf, question, run, withHooks } from './run.ts'

/** A model that gives another answer each time, and counts. */
function countingModel(): ModelApi & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    ...mockModel((input) => {
      asked.push(JSON.stringify(input.map(({ content }) => content)))
      return `answer ${asked.length}`
    }),
    asked,
  }
}

/** How often a model was asked in one run after the other. */
async function calls(
  model: { readonly asked: readonly string[] } & ModelApi,
  ...runs: readonly (Partial<TaskOptions> & { readonly cache?: boolean | CachePolicy })[]
): Promise<number[]> {
  const counts: number[] = []
  for (const { cache = true, ...options } of runs) {
    const before = model.asked.length
    await run(aTask({ model, solver: generate({ cache }), ...options }))
    counts.push(model.asked.length - before)
  }
  return counts
}

describe('answers of the cache', () => {
  it('are told as such, and count neither as usage nor for limits of tokens', async () => {
    temporaryCache()
    const model = countingModel()
    const task = aTask({ model, solver: generate({ cache: true }), tokenLimit: 20 })
    const [first, second] = [await run(task), await run(aTask({ ...task.options, tokenLimit: 1 }))]
    expect(second.sequence.slice(5, 8)).toEqual(['BeforeModelGenerate', 'ModelCacheUsage', 'SampleScoring'])
    const [written, read] = [first, second].map(({ samples }) => {
      const [sample] = samples
      const [event] = sample!.events.flatMap((each) => (each.event === 'model' ? [each] : []))
      return { sample: sample!, event: event! }
    })
    expect([written!.event.cache, read!.event.cache]).toEqual(['write', 'read'])
    expect(read!.event.output).toEqual(written!.event.output)
    expect([read!.event.completed, read!.event.pending]).toEqual([expect.any(String), undefined])
    expect([read!.sample.limit, read!.sample.model_usage, second.logs[0]!.stats.model_usage]).toEqual([
      undefined,
      {},
      {},
    ])
    const [usage] = dataOf(second.events, 'onModelCacheUsage')
    expect(usage).toEqual({ model_name: 'mockllm/model', usage: written!.event.output?.usage })
    expect(model.asked).toHaveLength(1)
  })

  it('count as turns', async () => {
    temporaryCache()
    const model = countingModel()
    const options: Partial<TaskOptions> = { model, solver: generate({ cache: true }) }
    await run(aTask(options))
    const { samples } = await run(aTask({ ...options, turnLimit: 0 }))
    expect([samples[0]!.limit?.type, model.asked.length]).toEqual(['turn', 1])
  })

  it('are one for each epoch, unless perEpoch is false', async () => {
    temporaryCache()
    expect(await calls(countingModel(), { epochs: 2 }, { epochs: 2 })).toEqual([2, 0])
    temporaryCache()
    const together = { epochs: 2, cache: { perEpoch: false } }
    const model = countingModel()
    await run(aTask({ model, solver: generate({ cache: together.cache }) }))
    expect(await calls(model, together)).toEqual([0])
  })

  it('are for their scope alone', async () => {
    temporaryCache()
    const [a, b] = [{ cache: { scopes: { user: 'a' } } }, { cache: { scopes: { user: 'b' } } }]
    expect(await calls(countingModel(), a, b, a, b, {})).toEqual([1, 1, 0, 0, 1])
  })

  it('are for the same input, settings and tools alone', async () => {
    temporaryCache()
    const other = { ...question, input: 'What is 3+1?' }
    expect(
      await calls(
        countingModel(),
        {},
        { dataset: [other] },
        { config: { temperature: 0.5 } },
        { config: { maxRetries: 3, timeout: 9, maxConnections: 2 } },
        {},
      ),
    ).toEqual([1, 1, 1, 0, 0])
  })

  it('are for what a hook has made of the input and the settings', async () => {
    temporaryCache()
    const model = countingModel()
    expect(await calls(model, {})).toEqual([1])
    const remove = withHooks({
      onBeforeModelGenerate: (data) => void data.input.push({ role: 'user', content: 'Think.' }),
    })
    expect(await calls(model, {}, {})).toEqual([1, 0])
    remove()
    withHooks({ onBeforeModelGenerate: (data) => void (data.config.temperature = 1) })
    expect(await calls(model, {}, {})).toEqual([1, 0])
    expect(model.asked.at(1)).toBe('["What is 2+2?","Think."]')
  })

  it('expire, and are made anew then', async () => {
    const folder = temporaryCache()
    const model = countingModel()
    const quick = { cache: { expiry: '0s' } }
    const forEver = { cache: { expiry: null } }
    expect(await calls(model, quick, quick, forEver, quick, forEver)).toEqual([1, 1, 1, 1, 0])
    const stored = filesIn(folder).map(
      (file) => (JSON.parse(readFileSync(file, 'utf8')) as { expires: unknown }).expires,
    )
    expect(stored).toContain(null)
  })

  it('are for those alone who keep them as long', async () => {
    temporaryCache()
    const kept = ['1W', '1D', null, '7D', '1D'].map((expiry) => ({ cache: { expiry } }))
    expect(await calls(countingModel(), ...kept)).toEqual([1, 1, 1, 0, 0])
  })

  it('are no refusals, since who asks once more wants another answer', async () => {
    temporaryCache()
    const outputs = [modelOutput.text('no', { stopReason: 'content_filter' }), modelOutput.text('yes')]
    const asked: unknown[] = []
    const model = mockModel((input) => {
      asked.push(input)
      return outputs[Math.min(asked.length, outputs.length) - 1]!
    })
    const answers: (string | undefined)[] = []
    for (const cache of [true, true, true]) {
      const { samples } = await run(aTask({ model, solver: generate({ cache }) }))
      answers.push(samples[0]!.output?.completion)
    }
    expect([answers, asked.length]).toEqual([['no', 'yes', 'yes'], 2])
  })

  it('that cannot be read are made anew', async () => {
    const folder = temporaryCache()
    const model = countingModel()
    await calls(model, {})
    for (const broken of ['', '{"output":', '{}', 'null', '[1]']) {
      for (const file of filesIn(folder)) writeFileSync(file, broken)
      expect(await calls(model, {}), broken).toEqual([1])
    }
  })

  it.each(['', 'a week', '7', '7 D', '1.5h', '-1D'])(
    'with a wrong expiry are an error before the call: "%s"',
    async (expiry) => {
      temporaryCache()
      const model = countingModel()
      const { samples } = await run(aTask({ model, solver: generate({ cache: { expiry } }) }))
      expect(samples[0]!.error?.message).toContain(`cache expiry "${expiry}": give a number and a unit`)
      expect(model.asked).toEqual([])
    },
  )

  it('are no matter of life and death: a folder that cannot be written makes calls', async () => {
    const folder = temporaryCache()
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    process.env['EVALSPAN_CACHE_DIR'] = join(file, 'below')
    expect(await calls(countingModel(), {}, {})).toEqual([1, 1])
    const closed = join(folder, 'closed')
    mkdirSync(closed)
    chmodSync(closed, 0o500)
    process.env['EVALSPAN_CACHE_DIR'] = closed
    const { logs } = await run(aTask({ solver: generate({ cache: true }) }))
    expect(logs[0]!.status).toBe('success')
  })
})

describe('the cache', () => {
  const entry: CacheEntry = {
    model: 'lab/odd:name/../x',
    server: undefined,
    input: [{ role: 'user', content: 'Hi' }],
    tools: [],
    toolChoice: 'none',
    config: {},
    epoch: 1,
    policy: {},
  }

  it('keeps odd content as it is', async () => {
    const cache = new ResponseCache(temporaryCache())
    const odd = {
      ...modelOutput.text('a\u0000b \ud800 \u2028 𝒳'),
      metadata: { nan: NaN, big: -Infinity, list: [null] },
    }
    await cache.store(entry, odd)
    expect(await cache.fetch(entry)).toEqual(odd)
  })

  it('tells apart what is nearly the same', async () => {
    const cache = new ResponseCache(temporaryCache())
    const similar = ['NaN', NaN, null, 'null', '\ud800', '\ud801', '\ufffd', 0, -1].map((value) => ({
      ...entry,
      config: { odd: value },
    }))
    for (const [index, each] of similar.entries()) await cache.store(each, modelOutput.text(String(index)))
    const found = await Promise.all(similar.map(async (each) => (await cache.fetch(each))?.completion))
    expect(found).toEqual(similar.map((_, index) => String(index)))
  })

  it('does not mind the order of settings, nor the ids of messages', async () => {
    const cache = new ResponseCache(temporaryCache())
    await cache.store({ ...entry, config: { a: 1, b: 2 } }, modelOutput.text('one'))
    const same = { ...entry, input: [{ id: 'another', role: 'user', content: 'Hi' } as const], config: { b: 2, a: 1 } }
    expect((await cache.fetch(same))?.completion).toBe('one')
  })

  it('stays in its folder, with a file for each answer and nothing beside', async () => {
    const folder = temporaryCache()
    const cache = new ResponseCache(folder)
    await Promise.all(Array.from({ length: 20 }, (_, index) => cache.store(entry, modelOutput.text(`answer ${index}`))))
    expect(readdirSync(folder)).toEqual(['lab_odd_name_.._x'])
    expect(filesIn(folder)).toHaveLength(1)
    expect((await cache.fetch(entry))?.completion).toMatch(/^answer \d+$/)
  })

  it('is whole for each of two processes that use it at once', async () => {
    const folder = temporaryCache()
    const url = new URL('../../src/runner/model/response-cache.ts', import.meta.url).href
    const code = `
      const { ResponseCache } = await import(${JSON.stringify(url)})
      const cache = new ResponseCache(${JSON.stringify(folder)})
      const entry = ${JSON.stringify(entry)}
      const lengths = new Set()
      for (let count = 0; count < 200; count += 1) {
        await cache.store(entry, { model: 'm', choices: [], completion: 'x'.repeat(100_000) })
        lengths.add((await cache.fetch(entry))?.completion.length)
      }
      console.log([...lengths].join())`
    const execute = (): Promise<{ stdout: string }> =>
      promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code])
    const results = await Promise.all([execute(), execute()])
    expect(results.map(({ stdout }) => stdout.trim())).toEqual(['100000', '100000'])
    expect(filesIn(folder)).toHaveLength(1)
  })

  it('is in the user’s folder for caches where nobody says otherwise', async () => {
    const folder = temporaryCache()
    delete process.env['EVALSPAN_CACHE_DIR']
    const before = process.env['XDG_CACHE_HOME']
    process.env['XDG_CACHE_HOME'] = folder
    await new ResponseCache().store(entry, modelOutput.text('4'))
    if (before === undefined) delete process.env['XDG_CACHE_HOME']
    else process.env['XDG_CACHE_HOME'] = before
    expect(readdirSync(join(folder, 'evalspan/generate'))).toEqual(['lab_odd_name_.._x'])
  })

  it('knows the units of Inspect', () => {
    const seconds = ['2s', '2m', '2h', '2D', '2W', '2M', '2Y'].map((expiry) => lifetimeMs({ expiry })! / 1000)
    expect(seconds).toEqual([2, 120, 7200, 172_800, 1_209_600, 5_184_000, 63_072_000])
    expect([lifetimeMs({ expiry: null }), lifetimeMs({})]).toEqual([null, 604_800_000])
  })
})

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
