import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deliveryTo } from './delivery-to.ts'
import { spanItem, spanItems } from './items.ts'
import { ScriptedSink } from './scripted-sink.ts'

describe('a delivery whose outbox others use', () => {
  it('sends what it has filed itself, also where others had filed something before it', async () => {
    const paths = [join(mkdtempSync(join(tmpdir(), 'outbox-')), 'outbox.db')]
    const sink = new ScriptedSink(undefined, { limits: { items: 2, bytes: 1e6 } })
    const delivery = deliveryTo([sink], { paths, flushTimeoutMs: 5000 })
    await delivery.flush()
    const other = deliveryTo([new ScriptedSink()], { paths, lingerMs: 60_000 })
    await other.commit(spanItems(5))
    await delivery.commit([spanItem('a'), spanItem('b')])
    await expect.poll(() => sink.taken.map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4', 'a', 'b'])
    await delivery.close()
    await other.close()
  })
})
