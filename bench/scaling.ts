/** What ten times the samples cost: ten times the time, and no more memory. */
import { join } from 'node:path'
import { command, runChild } from './child.ts'
import { makeLog } from './make-log.ts'
import { measure } from './measure.ts'
import { inTemporaryFolder } from './with-log.ts'

const samples = [300, 3000]

await inTemporaryFolder(async (folder) => {
  const contenders = samples.map((count) => {
    const path = join(folder, `${count}.eval`)
    makeLog(path, { megabytes: count / 5, samples: count, eventsPerSample: 60 })
    return { name: `${count} samples`, run: () => runChild(command, ['replay', '--dry-run', path]) }
  })
  const [few, many] = contenders as [(typeof contenders)[0], (typeof contenders)[0]]
  await measure('replay of samples of 200 KB and 60 events', few, [many], { rounds: 5, warmup: 0 })
})
