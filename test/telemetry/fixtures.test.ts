import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Item } from '../../src/delivery/item.ts'
import { itemsOf, renderItems, spansOf } from './render.ts'

const folder = 'test/fixtures/inspect'
const recorded = readdirSync(folder)
  .filter((name) => name.endsWith('.hooks.jsonl'))
  .map((name) => name.replace('.hooks.jsonl', ''))

function logOf(name: string): string {
  const path = [`${folder}/${name}.eval`, `${folder}/${name}.json`, `${folder}/${name}`].find((each) =>
    existsSync(each),
  )
  if (path === undefined) throw new Error(`no log for ${name}`)
  return path
}

/** What a log cannot tell as a live run could, by fixture. All else is the same, to the letter. */
const notInLog: { readonly [name: string]: readonly string[] } = {
  // The time and the wait of a back-off are worked out from what lies around it.
  model_retries: ['chat rl'],
  model_retries_exhausted: ['chat rl2'],
  // Of a retried attempt a log keeps what followed its last model call.
  retry_on_error: ['eval_sample retry_on_error', 'eval_attempt', 'solvers', 'solver flaky'],
  retry_exhausted: ['eval_sample retry_exhausted', 'eval_attempt', 'solvers', 'solver flaky'],
  // Live, nothing says how a task that raised or was cancelled ended, nor which samples were taken over.
  cancelled: ['eval_task cancelled'],
  eval_set_retry_immediate: ['eval_task t_b'],
}

describe('spans of recorded runs', () => {
  it.each([...recorded, 'score_edited'])('%s gives the expected trees', async (name) => {
    await expect(renderItems(await itemsOf([logOf(name)]))).toMatchFileSnapshot(`trees/${name}.txt`)
  })

  it.each(recorded)('%s has no span without its parent', async (name) => {
    const spans = spansOf(await itemsOf([logOf(name)]))
    const ids = new Set(spans.map((span) => `${span.traceId} ${span.spanId}`))
    const orphans = spans.filter((span) => span.parentSpanId && !ids.has(`${span.traceId} ${span.parentSpanId}`))
    expect(orphans.map((span) => span.name)).toEqual([])
    expect(ids.size).toBe(spans.length)
  })

  it.each(recorded.filter((name) => name !== 'no_log_samples'))(
    '%s gives the same spans live and from its log',
    async (name) => {
      const live = byKey(await itemsOf([`${folder}/${name}.hooks.jsonl`]))
      const replayed = byKey(await itemsOf([logOf(name)]))
      expect([...replayed.keys()].toSorted()).toEqual([...live.keys()].toSorted())
      const different = [...replayed].filter(([key, item]) => live.get(key)?.digest !== item.digest)
      const names = new Set(different.map(([, item]) => (item.kind === 'span' ? item.body.name : item.id)))
      expect([...names].toSorted()).toEqual([...(notInLog[name] ?? [])].toSorted())
    },
  )

  it.each([...recorded, 'score_edited'])('%s gives as many items when a run is one trace', async (name) => {
    const apart = byKey(await itemsOf([logOf(name)]))
    const together = byKey(await itemsOf([logOf(name)], { env: { EVALSPAN_TRACE_SHAPE: 'run' } }))
    expect(together.size).toBe(apart.size)
  })

  it('gives the same items, digests and all, however often a log is replayed', async () => {
    const logs = recorded.map(logOf)
    const [first, second] = [await itemsOf(logs), await itemsOf(logs)]
    expect(second.map(({ object, id, digest }) => ({ object, id, digest }))).toEqual(
      first.map(({ object, id, digest }) => ({ object, id, digest })),
    )
    expect(first.length).toBeGreaterThan(400)
  })
})

function byKey(items: readonly Item[]): Map<string, Item> {
  return new Map(items.map((item) => [`${item.kind} ${item.object} ${item.id}`, item]))
}
