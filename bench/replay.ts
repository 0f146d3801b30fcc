/** How long replaying a log takes, against what nobody gets around: decompressing and parsing it. */
import { runChild } from './child.ts'
import { measure } from './measure.ts'
import { withLog } from './with-log.ts'

await withLog({ megabytes: 200, samples: 40, events: 500 }, async (path, about) => {
  await measure(
    `replay of ${about}`,
    { name: 'decompress and JSON.parse', run: async () => (await runChild('read-log.ts', [path])).milliseconds },
    [
      {
        name: 'evalspan replay --dry-run',
        run: async () => (await runChild('../dist/src/cli/main.js', ['replay', '--dry-run', path])).milliseconds,
      },
    ],
    { unit: 'ms', rounds: 5 },
  )
})
