/**
 * Reading a log, against Inspect's own reader in Python: `INSPECT_PYTHON=venv/bin/python node bench/read-with-inspect.ts`. Left out
 * where that Python (`python3` by itself) has no Inspect.
 */
import { spawnSync } from 'node:child_process'
import { command, runChild } from './child.ts'
import { measure, type Measurements } from './measure.ts'
import { withLogs } from './with-log.ts'

const python = process.env['INSPECT_PYTHON'] ?? 'python3'

/** Prints milliseconds and the most bytes that the process had. Inspect takes seconds to load, which do not count. */
const program = `
import json, resource, sys, time
from inspect_ai.log import read_eval_log
start = time.perf_counter()
log = read_eval_log(sys.argv[1])
assert all(sample.events for sample in log.samples)
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == 'darwin' else 1024)
print(json.dumps([seconds * 1000, peak / 1e6]))
`

function readWithPython(path: string): Measurements {
  const { status, stdout, stderr } = spawnSync(python, ['-c', program, path], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  const [ms, MB] = JSON.parse(stdout.trim().split('\n').at(-1)!) as [number, number]
  return { ms, MB }
}

const logs = [
  { megabytes: 200, samples: 40, events: 500 },
  { megabytes: 1000, samples: 1000, events: 100 },
]

if (spawnSync(python, ['-c', 'import inspect_ai']).status === 0) {
  await withLogs(logs, async (path, about) => {
    await measure(
      `reading ${about}`,
      { name: "Inspect's read_eval_log", run: () => readWithPython(path) },
      [
        { name: 'evalspan: samples read', run: () => runChild('read-samples.ts', [path]) },
        { name: 'evalspan replay --dry-run', run: () => runChild(command, ['replay', '--dry-run', path]) },
      ],
      { rounds: 3, warmup: 0 },
    )
  })
} else {
  console.log(`\n${python} has no inspect_ai: not compared with it (INSPECT_PYTHON names another Python)`)
}
