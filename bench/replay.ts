/** Time and memory of replaying logs, against what nobody gets around: decompressing and parsing sample by sample. */
import { command, runChild } from './child.ts'
import { measure } from './measure.ts'
import { withLogs } from './with-log.ts'

const logs = [
  { megabytes: 200, samples: 40, events: 500 },
  { megabytes: 1000, samples: 1000, events: 100 },
  { megabytes: 300, samples: 1, events: 6000 },
  { megabytes: 300, samples: 1, events: 6000, chunked: true },
]

await withLogs(logs, async (path, about) => {
  await measure(
    `replay of ${about}`,
    { name: 'decompress and JSON.parse', run: () => runChild('read-log.ts', [path]) },
    [{ name: 'evalspan replay --dry-run', run: () => runChild(command, ['replay', '--dry-run', path]) }],
    { rounds: 5, warmup: 0 },
  )
})
