/** How much memory replaying a log takes at most, against decompressing and parsing it sample by sample. */
import { runChild } from './child.ts'
import { measure } from './measure.ts'
import { withLog } from './with-log.ts'

await withLog({ megabytes: 200, samples: 20, events: 500 }, async (path, about) => {
  await measure(
    `peak memory for ${about}`,
    { name: 'decompress and JSON.parse', run: async () => (await runChild('read-log.ts', [path])).peakMegabytes },
    [
      {
        name: 'evalspan replay --dry-run',
        run: async () => (await runChild('../dist/src/cli/main.js', ['replay', '--dry-run', path])).peakMegabytes,
      },
    ],
    { unit: 'MB', rounds: 3, warmup: 0 },
  )
})
