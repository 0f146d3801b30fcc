import { readdirSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { KeyedModel, Solver } from '../../src/index.ts'
import { openFile } from '../../src/files/files.ts'
import { stringify } from '../../src/inspect/json.ts'
import { readZipDirectory } from '../../src/inspect/zip-directory.ts'
import { readZipMember } from '../../src/inspect/zip-member.ts'
import { aTask, dataOf, run, withHooks, type Seen } from './run.ts'

const canary = 'canary-key-one'

afterEach(() => {
  delete process.env['LAB_SECOND_API_KEY']
  vi.restoreAllMocks()
})

function giveKey(): void {
  withHooks({ overrideApiKey: () => canary })
}

describe('a key in what is thrown', () => {
  class HiddenError extends Error {
    override get message(): string {
      return `no such key: ${canary}`
    }
  }

  const cases: { readonly [what: string]: () => unknown } = {
    'is frozen': () => Object.freeze(new Error(`no such key: ${canary}`)),
    'has a message that cannot be written': () => new HiddenError(),
    'is a DOMException': () => new DOMException(`no such key: ${canary}`, 'DataError'),
    'has it in a Map of its cause': () =>
      new Error('no such key', {
        cause: new Map([['key', { headers: new Map([['authorization', `Bearer ${canary}`]]) }]]),
      }),
    'is a text': () => `no such key: ${canary}`,
  }

  /** A model whose calls throw, as a provider's package does. */
  function throwing(make: () => unknown): KeyedModel {
    const doGenerate = (): never => {
      throw make()
    }
    const model = { specificationVersion: 'v3', provider: 'lab', modelId: 'small', supportedUrls: {}, doGenerate }
    return { apiKey: 'LAB_API_KEY', create: () => model }
  }

  it.for(Object.entries(cases))('of a provider reaches nothing, where it %s', async ([, make]) => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    giveKey()
    const seen = await run(aTask({ model: throwing(make), config: { maxRetries: 0 } }))
    expect(seen.samples[0]!.error?.message).toContain('no such key')
    expect(seen.samples[0]!.events.find((each) => each.event === 'model')?.error).toContain('no such key')
    expect(`${await everything(seen)} ${stringify(printed.mock.calls)}`).not.toContain(canary)
  })

  it.for(Object.entries(cases))('of a solver reaches nothing, where it %s', async ([, make]) => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    process.env['LAB_SECOND_API_KEY'] = canary
    const solver = (): never => {
      throw make()
    }
    const cleanup = solver
    const seen = await run(aTask({ solver, cleanup, retryOnError: 1 }))
    expect(seen.samples[0]!.error?.message).toContain('no such key')
    expect(seen.reports.join()).toContain('cleanup failed: no such key')
    expect(`${await everything(seen)} ${stringify(printed.mock.calls)}`).not.toContain(canary)
  })

  it.for(Object.entries(cases))(
    'of the maker of a model is not in what evaluate rejects with, where it %s',
    async ([, make]) => {
      giveKey()
      const create = (): never => {
        throw make()
      }
      const seen = await run(aTask({ model: { apiKey: 'LAB_API_KEY', create } }))
      expect(inspect(seen.thrown, { depth: 9 })).toContain('no such key')
      expect(dataOf(seen.events, 'onRunEnd')[0]!.exception?.message).toContain('no such key')
      expect(await everything(seen)).not.toContain(canary)
    },
  )

  it('of what runs the tasks is in no end of the run', async () => {
    giveKey()
    const dataset = {
      [Symbol.iterator](): Iterator<never> {
        throw new Error(`no such key: ${canary}`)
      },
    }
    const seen = await run(aTask({ model: throwing(cases['is a text']!), dataset }))
    expect(dataOf(seen.events, 'onRunEnd')[0]!.exception).toEqual({
      type: 'EvalspanError',
      message: 'the dataset, after sample 0: its iterator failed: no such key: [masked]',
    })
    expect(await everything(seen)).not.toContain(canary)
  })

  it.each([
    [
      'the id of a sample',
      { dataset: [{ input: 'x' }, { id: `of ${canary}`, input: 'y' }] },
      'task arithmetic: the id of sample 2 holds an API key; give it another one',
    ],
    ['the name of a task', { name: `with ${canary}` }, 'the name of a task holds an API key; call it otherwise'],
  ])('in %s is refused: it would be in names of files', async (_, options, message) => {
    process.env['LAB_SECOND_API_KEY'] = canary
    const seen = await run(aTask(options))
    expect(seen.thrown).toMatchObject({ message })
    expect(readdirSync(seen.logDir)).toEqual([])
  })

  it('is hidden where an error is its own cause', async () => {
    process.env['LAB_SECOND_API_KEY'] = canary
    const error = new Error(`no such key: ${canary}`)
    error.cause = error
    const solver = (): never => {
      throw error
    }
    const seen = await run(aTask({ solver }))
    expect(seen.samples[0]!.error?.message).toBe("Error('no such key: [masked]')")
    expect(await everything(seen)).not.toContain(canary)
  })

  it('leaves the object as it is, which may lead to the client of the next call', async () => {
    const client = { apiKey: canary }
    const error = Object.assign(new TypeError(`no such key: ${canary}`), { client, statusCode: 400 })
    giveKey()
    const caught: unknown[] = []
    const solver: Solver = async (state, generate) => {
      try {
        return await generate(state)
      } catch (thrown) {
        caught.push(thrown)
        throw thrown
      }
    }
    await run(aTask({ model: throwing(() => error), solver }))
    expect([client.apiKey, error.message]).toEqual([canary, `no such key: ${canary}`])
    expect(caught[0]).toBeInstanceOf(TypeError)
    expect(caught[0]).toMatchObject({
      message: 'no such key: [masked]',
      client: { apiKey: '[masked]' },
      statusCode: 400,
    })
  })
})

/** The members of the log, hook events, reports and what `evaluate` rejected with, in one text. */
async function everything({ logDir, events, reports, thrown }: Seen): Promise<string> {
  const members: string[] = []
  for (const name of await readdir(logDir)) {
    const file = await openFile(join(logDir, name))
    for (const member of (await readZipDirectory(file)).values()) {
      members.push((await readZipMember(file, member)).toString())
    }
    await file.close()
  }
  return [...members, stringify(events), ...reports, inspect(thrown, { depth: 9, showHidden: true })].join('\n')
}
