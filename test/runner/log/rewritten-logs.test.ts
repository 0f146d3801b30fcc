import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isLogFile } from '../../../src/files/log-names.ts'
import { openLog } from '../../../src/inspect/log.ts'
import type { EvalLog, EvalSample } from '../../../src/inspect/records.ts'
import { EvalLogWriter } from '../../../src/runner/log/eval-log-writer.ts'
import { temporaryFolder } from '../../inspect/temporary-file.ts'

const fixtures = join(import.meta.dirname, '../../fixtures')
/** Events of logs before 0.3.100 have no uuids, and are given others when they are read again. */
const logs = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter(
  (name) => /^inspect(?:-versions)?\/(?!0\.3\.\d\d[.-])[^/]+$/.test(name) && isLogFile(name),
)

/** All that can be read of a log. */
async function contentOf(path: string): Promise<{ header: EvalLog; samples: EvalSample[] }> {
  const log = await openLog(path)
  try {
    const samples: EvalSample[] = []
    for await (const entry of log.samples()) if ('sample' in entry) samples.push(entry.sample)
    return { header: log.header, samples }
  } finally {
    await log.close()
  }
}

describe('what Inspect wrote, written again,', () => {
  it.each(logs)('is the same: %s', async (name) => {
    const { header, samples } = await contentOf(join(fixtures, name))
    const writer = await EvalLogWriter.create({ folder: temporaryFolder(), spec: header.eval, plan: header.plan })
    for (const sample of samples) await writer.sample(sample)
    await writer.finish(header)
    expect(await contentOf(writer.path)).toEqual({ header, samples })
  })
})
