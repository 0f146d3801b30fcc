/**
 * What a sample costs in our runner with a model that answers at once: without hooks, with one that does nothing, and with OTLP
 * to a backend that takes all; against Promise code that makes the same calls, and Inspect where `INSPECT_PYTHON` has it. And
 * whether a call costs more the longer the conversation is.
 */
import { fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { measure, type Measurements } from './measure.ts'
import { inTemporaryFolder } from './with-log.ts'

const samples = 10_000
const python = process.env['INSPECT_PYTHON'] ?? 'python3'

/** Answers whatever it is sent with 200, without looking at it. */
const backend = createServer((socket) => {
  socket.on('error', () => {})
  socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'))
}).listen(0, '127.0.0.1')
await once(backend, 'listening')
const endpoint = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`

/** `µs` a sample or call, and how much memory the process had in the middle and at most, which shows whether it grows. */
async function run(kind: string, env: NodeJS.ProcessEnv = {}, count = samples): Promise<Measurements> {
  return inTemporaryFolder(async (folder) => {
    const child = fork(fileURLToPath(new URL('run-samples.ts', import.meta.url)), [kind, String(count), folder], {
      env: { ...process.env, EVALSPAN_PLUGINS: 'none', EVALSPAN_OUTBOX: `${folder}/outbox`, ...env },
    })
    const [result] = (await once(child, 'message')) as [Measurements]
    await once(child, 'close')
    return result
  })
}

const program = `
import json, sys, time
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.scorer import includes
count = int(sys.argv[1])
task = Task(dataset=[Sample(input=f"question {i}", target="Default") for i in range(count)], scorer=includes())
start = time.perf_counter()
eval(task, model="mockllm/model", log_dir=sys.argv[2], display="none", max_samples=100)
print(json.dumps((time.perf_counter() - start) * 1e6 / count))
`

async function runInspect(): Promise<number> {
  return inTemporaryFolder(async (folder) => {
    const { status, stdout, stderr } = spawnSync(python, ['-c', program, '1000', folder], { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    return Number(stdout.trim().split('\n').at(-1))
  })
}

await measure(
  `one of ${samples.toLocaleString('en-US')} samples with an instant model, logs written`,
  { name: 'Promise code', run: () => run('plain') },
  [
    { name: 'evaluate(), no hooks', run: () => run('none') },
    { name: 'evaluate(), an empty hook', run: () => run('empty') },
    { name: 'evaluate(), OTLP', run: () => run('none', { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }) },
  ],
  { rounds: 3, warmup: 0 },
)
await measure(
  'one of the calls of a conversation with an instant model, log written',
  { name: '500 calls', run: () => run('conversation', {}, 500) },
  [
    { name: '1,000 calls', run: () => run('conversation', {}, 1000) },
    { name: '2,000 calls', run: () => run('conversation', {}, 2000) },
  ],
  { rounds: 3, warmup: 0 },
)
if (spawnSync(python, ['-c', 'import inspect_ai']).status === 0) {
  await measure(
    'one of 1,000 samples with an instant model, logs written',
    { name: "Inspect's eval()", run: runInspect },
    [{ name: 'evaluate()', run: async () => (await run('none', {}, 1000))['µs']! }],
    { unit: 'µs', rounds: 3, warmup: 0 },
  )
}
backend.close()
