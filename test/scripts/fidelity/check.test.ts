import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { check } from '../../../scripts/fidelity/check.ts'
import { differenceLines } from '../../../scripts/fidelity/difference-lines.ts'
import { pageOf } from '../../../scripts/fidelity/page.ts'

const fixtures = 'test/fixtures/inspect'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'evalspan-fidelity-'))))
afterEach(() => rmSync(folder, { recursive: true }))

function take(from: string, to = from): void {
  copyFileSync(join(fixtures, from), join(folder, to))
}

/** The hooks of a fixture with lines changed. */
function takeHooks(name: string, change: (lines: string[]) => string[]): void {
  const lines = readFileSync(join(fixtures, `${name}.hooks.jsonl`), 'utf8')
    .trimEnd()
    .split('\n')
  writeFileSync(join(folder, `${name}.hooks.jsonl`), `${change(lines).join('\n')}\n`)
}

/** What is wrong, without the folder's name. */
async function found(): Promise<string[]> {
  const result = await check(folder)
  return [...differenceLines(result), ...result.problems].map((line) => line.replaceAll(`${folder}/`, ''))
}

describe('the replay of what Inspect recorded', () => {
  it('fires what Inspect fired, and docs/fidelity.md says so', async () => {
    const result = await check(fixtures)
    expect([...differenceLines(result), ...result.problems]).toEqual([])
    // To write it again: npm run fidelity -- test/fixtures/inspect --write docs/fidelity.md
    expect(pageOf(result, fixtures)).toBe(readFileSync('docs/fidelity.md', 'utf8'))
  })
})

describe('a folder of recorded runs', () => {
  it('may have several logs for one file of hooks, in a folder or beside it', async () => {
    take('eval_set_retry_immediate.hooks.jsonl', 'set.hooks.jsonl')
    mkdirSync(join(folder, 'set'))
    const logs = (await check(fixtures)).scenarios
      .find(({ scenario }) => scenario.name === 'eval_set_retry_immediate')!
      .scenario.logs.map(({ path }) => path)
    expect(logs).toHaveLength(3)
    copyFileSync(logs[0]!, join(folder, 'set', '2026-11-21T09-11-19-00-00_t-a_1.eval'))
    copyFileSync(logs[1]!, join(folder, 'set.one.eval'))
    copyFileSync(logs[2]!, join(folder, 'set.two.eval'))
    expect(await found()).toEqual([])
  })

  it('may have the same run in another encoding', async () => {
    for (const end of ['eval', 'chunked.eval', 'hooks.jsonl']) take(`retry_on_error.${end}`)
    const { scenarios } = await check(folder)
    expect(scenarios.map(({ scenario }) => scenario.name)).toEqual(['retry_on_error', 'retry_on_error (chunked)'])
  })

  it('has its logs told apart when one name begins with another', async () => {
    for (const [name, as] of [
      ['basic', 'a'],
      ['sandbox', 'a.b'],
    ]) {
      take(`${name}.eval`, `${as}.eval`)
      take(`${name}.hooks.jsonl`, `${as}.hooks.jsonl`)
    }
    expect(await found()).toEqual([])
  })

  it('is named where a log is missing or cannot be read', async () => {
    take('basic.hooks.jsonl')
    take('sandbox.hooks.jsonl')
    writeFileSync(join(folder, 'sandbox.eval'), 'nonsense')
    expect(await found()).toMatchInlineSnapshot(`
      [
        "sandbox.eval: is neither a ZIP nor a JSON object; give an .eval or .json log that Inspect wrote",
        "basic.hooks.jsonl: its log is missing (looked for basic.eval, basic.json, basic.*.eval and basic/)",
      ]
    `)
  })

  it('is named where hooks cannot be read, or are not where they should be', async () => {
    take('basic.eval')
    takeHooks('basic', (all) => [...all.slice(0, 3), 'nonsense', ...all.slice(4, 10), ...all.slice(11)])
    expect((await found()).filter((line) => line.startsWith('basic.hooks'))).toMatchInlineSnapshot(`
      [
        "basic.hooks.jsonl, line 4: not valid JSON at position 0",
        "basic.hooks.jsonl, line 5: seq goes from 3 to 5, so records are missing or moved",
        "basic.hooks.jsonl, line 11: seq goes from 10 to 12, so records are missing or moved",
      ]
    `)
  })

  it('has no files of hooks', async () => {
    take('basic.eval')
    expect((await check(folder)).isEmpty).toBe(true)
  })
})

describe('what differs', () => {
  it('is told with the run, the hook, its ids, the place and both values', async () => {
    take('basic.eval')
    takeHooks('basic', (all) =>
      all.map((line) =>
        line.replace('"input_tokens": 13', '"input_tokens": 14').replace('"completed": false', '"completed": true'),
      ),
    )
    expect((await found()).slice(0, 4)).toMatchInlineSnapshot(`
      [
        "basic: on_sample_init (line 3, sample YK6z7RDGcpM2sswowU3KWe): summary.completed was true live, and is false on replay",
        "basic: on_sample_start (line 4, sample YK6z7RDGcpM2sswowU3KWe): summary.completed was true live, and is false on replay",
        "basic: on_sample_attempt_start (line 5, sample YK6z7RDGcpM2sswowU3KWe, attempt 1): summary.completed was true live, and is false on replay",
        "basic: on_sample_init (line 6, sample J2x9Bb8xViZo93ZQb7jyEv): summary.completed was true live, and is false on replay",
      ]
    `)
  })

  it('is told where a hook was fired on one side alone', async () => {
    take('basic.eval')
    takeHooks('basic', (all) => all.filter((line) => !line.includes('"on_sample_scoring"')))
    expect((await found()).filter((line) => line.startsWith('basic:'))).toMatchInlineSnapshot(`
      [
        "basic: on_sample_scoring (sample YK6z7RDGcpM2sswowU3KWe, attempt 1) was fired on replay and not live: {"eval_set_id":null,"run_id":"4wDbr94hovi2ppewosJtCt","eval_id":"9i9wFcepw95XUPLin3cu3R","sample_id":"YK6z7RDGcpM2ssw...",
        "basic: on_sample_scoring (sample J2x9Bb8xViZo93ZQb7jyEv, attempt 1) was fired on replay and not live: {"eval_set_id":null,"run_id":"4wDbr94hovi2ppewosJtCt","eval_id":"9i9wFcepw95XUPLin3cu3R","sample_id":"J2x9Bb8xViZo93Z...",
      ]
    `)
  })
})
