import { hash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Random } from '../../bench/random.ts'
import { loadFixtures, type Fixture } from './fixtures.ts'
import { mutations, runOf } from './mutations.ts'
import { replayLog, type Replayed } from './replay-log.ts'

const fixtures = loadFixtures()

function digestOf(files: ReadonlyMap<string, Buffer>): string {
  return [...files].map(([name, bytes]) => `${name} ${hash('sha1', bytes, 'hex')}`).join('\n')
}

describe('fixtures', () => {
  it('are logs of both formats, in folders and by themselves, and the buffer beside one', () => {
    const names = fixtures.map(({ name }) => name)
    expect(names).toContain('inspect/basic.eval')
    expect(names).toContain('inspect/basic.eval as .json')
    expect(names).toContain('inspect/json_format.json')
    expect(names.filter((name) => name.startsWith('inspect/eval_set_retry_immediate/'))).toHaveLength(3)
    expect(names.filter((name) => name.includes('/.buffer/'))).toHaveLength(2)
  })

  it.each(['inspect/react_agent.eval', 'inspect/retry_on_error.chunked.eval', 'inspect/json_format.json'])(
    '%s is the same log when it is put together again',
    async (name) => {
      const fixture = fixtures.find((each) => each.name === name)!
      const before = await replayed(fixture, fixture.files.get(fixture.target)!)
      expect(before.samples.size).toBeGreaterThan(0)
      expect(await replayed(fixture, fixture.model.write().bytes)).toEqual(before)
    },
  )

  it('hold the same samples as .json', async () => {
    const [log, json] = ['', ' as .json'].map((end) =>
      fixtures.find(({ name }) => name === `inspect/basic.eval${end}`)!,
    )
    const [first, second] = [log!, json!].map((fixture) => replayed(fixture, fixture.model.write().bytes))
    expect((await second!).samples).toEqual((await first!).samples)
  })
})

async function replayed({ target }: Fixture, bytes: Buffer): Promise<Replayed> {
  const folder = mkdtempSync(join(tmpdir(), 'evalspan-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, target), bytes)
  return replayLog(folder, target, 'full')
}

describe('a run', () => {
  it('is the same for the same seed and number, and another one otherwise', () => {
    const digests = [
      [1, 0],
      [1, 0],
      [1, 1],
      [2, 0],
    ].map(([seed, index]) => {
      const { kind, note, files, fixture } = runOf(fixtures, seed!, index!)
      return `${kind} ${fixture.name} ${note} ${digestOf(files)}`
    })
    expect(digests[1]).toBe(digests[0])
    expect(new Set(digests).size).toBe(3)
  })
})

describe('each kind of mutation', () => {
  it('has a name of its own', () => {
    const kinds = mutations.map(({ kind }) => kind)
    expect(kinds).toEqual([...new Set(kinds)])
  })

  it.each(mutations.map((mutation) => [mutation.kind, mutation] as const))(
    'changes the file: %s',
    (_kind, mutation) => {
      const random = new Random(7)
      let changes = 0
      for (let tries = 0; tries < 200 && changes === 0; tries += 1) {
        const fixture = fixtures[random.below(fixtures.length)]!
        const mutated = mutation.apply(fixture, random)
        const bytes = mutated?.files.get(fixture.target)
        if (bytes && !bytes.equals(fixture.model.write().bytes)) changes += 1
      }
      expect(changes).toBe(1)
    },
  )
})
