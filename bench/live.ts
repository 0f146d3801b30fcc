/** What it costs a run of Inspect to be seen live: 1,000 samples whose model takes 50 ms, with and without the forwarder. */
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { makeInspect } from '../test/real/inspect-venv.ts'
import { command } from './child.ts'
import { measure, type Measurements } from './measure.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    samples: { type: 'string', default: '1000' },
    /** A Python that has inspect-mlflow and inspect-wandb beside Inspect, to compare with. */
    peers: { type: 'string' },
  },
})
const inspect = makeInspect()
if ('missing' in inspect) throw new Error(`there is no Inspect to measure: ${inspect.missing}`)

const folder = mkdtempSync(join(tmpdir(), 'evalspan-bench-'))
const script = fileURLToPath(new URL('live_eval.py', import.meta.url))
const python = fileURLToPath(new URL('../python', import.meta.url))

/** Where nothing is needed of the environment but how to find things. */
const bare = { PATH: process.env['PATH'], HOME: folder, XDG_DATA_HOME: join(folder, 'data') }
const forwarding = { ...bare, PYTHONPATH: [join(python, 'boot'), join(python, 'src')].join(':') }

async function run(executable: string, env: NodeJS.ProcessEnv): Promise<Measurements> {
  const logs = join(folder, 'logs')
  rmSync(logs, { recursive: true, force: true })
  const child = spawn(executable, ['-B', script, logs, '--samples', values.samples], {
    env,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  await once(child, 'close')
  const [line] = output.split('\n').filter((each) => each.startsWith('{"s"'))
  if (line === undefined) throw new Error(`the run failed: ${output}\n${errors}`)
  return JSON.parse(line) as Measurements
}

/** A listener with a backend that takes everything; resolves when it listens. */
async function listen(socket: string, endpoint: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL(command, import.meta.url)), ['listen', '--socket', socket], {
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, EVALSPAN_OUTBOX: join(folder, 'outbox') },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  await once(child.stdout!, 'data')
  child.stdout!.resume()
  return child
}

const counter = fork(fileURLToPath(new URL('span-counter.ts', import.meta.url)))
const [port] = (await once(counter, 'message')) as [number]
const endpoint = `http://127.0.0.1:${port}`
const [awake, stalled] = [join(folder, 'awake.sock'), join(folder, 'stalled.sock')]
const listeners = [await listen(awake, endpoint), await listen(stalled, endpoint)] as const
listeners[1].kill('SIGSTOP')

try {
  await measure(
    `a run of Inspect with ${values.samples} samples, 50 ms each call`,
    { name: 'not seen', run: () => run(inspect.python, bare) },
    [
      { name: 'seen live', run: () => run(inspect.python, { ...forwarding, EVALSPAN_SOCKET: awake }) },
      { name: 'listener stalled', run: () => run(inspect.python, { ...forwarding, EVALSPAN_SOCKET: stalled }) },
      {
        name: 'listener absent',
        run: () => run(inspect.python, { ...forwarding, EVALSPAN_SOCKET: join(folder, 'none') }),
      },
    ],
    { rounds: Number(values.rounds) },
  )
  if (values.peers !== undefined) {
    const peers = values.peers
    const store = `sqlite:///${join(folder, 'mlflow.db')}`
    const quiet = { ...bare, INSPECT_WANDB_ENABLED: 'false' }
    await measure(
      'the same with other integrations',
      { name: 'neither on', run: () => run(peers, quiet) },
      [
        { name: 'inspect-mlflow', run: () => run(peers, { ...quiet, MLFLOW_TRACKING_URI: store }) },
        {
          name: 'inspect-mlflow, traces too',
          run: () => run(peers, { ...quiet, MLFLOW_TRACKING_URI: store, MLFLOW_INSPECT_TRACING: 'true' }),
        },
        {
          name: 'inspect-wandb, offline',
          run: () =>
            run(peers, {
              ...bare,
              INSPECT_WANDB_ENABLED: 'true',
              WANDB_MODE: 'offline',
              WANDB_API_KEY: '0'.repeat(40),
            }),
        },
      ],
      { rounds: 1, warmup: 0 },
    )
  }
} finally {
  listeners[1].kill('SIGCONT')
  for (const listener of listeners) {
    listener.kill('SIGTERM')
    await once(listener, 'exit')
  }
  counter.kill()
  await sleep(100)
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
