/** What it costs to watch a folder of 10,000 logs in which nothing happens. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { command } from './child.ts'
import { makeLog } from './make-log.ts'
import type { Usage } from './report-usage.ts'
import { inTemporaryFolder } from './with-log.ts'

const { values } = parseArgs({
  options: { logs: { type: 'string', default: '10000' }, seconds: { type: 'string', default: '60' } },
})
const logs = Number(values.logs)
const seconds = Number(values.seconds)
const idle = `${seconds} s in which nothing happens`

const counter = fork(fileURLToPath(new URL('span-counter.ts', import.meta.url)))
const [port] = (await once(counter, 'message')) as [number]

function watch(folder: string, ...flags: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(command, import.meta.url)), ['watch', join(folder, 'logs'), ...flags], {
    execArgv: ['--import', new URL('report-usage.ts', import.meta.url).href],
    env: {
      ...process.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      EVALSPAN_OUTBOX: join(folder, 'outbox'),
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
}

/** Until its first line of output, which says that the first look is over. */
async function firstLook(child: ChildProcess): Promise<number> {
  const start = performance.now()
  await once(child.stdout!, 'data')
  child.stdout!.resume()
  return performance.now() - start
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  child.send('usage')
  const [usage] = (await once(child, 'message')) as [Usage]
  return usage
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGINT')
  await once(child, 'exit')
}

function print(what: string, value: number, unit: string): void {
  console.log(`  ${what.padEnd(idle.length)}  ${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`)
}

await inTemporaryFolder(async (folder) => {
  mkdirSync(join(folder, 'logs'))
  for (let seed = 1; seed <= logs; seed += 1) {
    makeLog(join(folder, 'logs', `${seed}.eval`), { megabytes: 0.01, samples: 1, eventsPerSample: 20, seed })
  }
  console.log(`\nwatching ${logs} finished logs of one sample each: one run`)
  const first = watch(folder, '--interval', '2')
  print('first look, all logs are new', await firstLook(first), 'ms')
  await sleep(15_000)
  await end(first)

  const second = watch(folder, '--interval', '2')
  print('first look, all logs are known', await firstLook(second), 'ms')
  await sleep(5_000)
  const before = await usageOf(second)
  await sleep(seconds * 1000)
  const after = await usageOf(second)
  print(idle, after.cpuMs - before.cpuMs, 'ms of CPU')
  print('memory', after.megabytes, 'MB')
  await end(second)

  const start = performance.now()
  await once(watch(folder, '--once'), 'exit')
  print('--once, all logs are known', performance.now() - start, 'ms')
})
counter.kill()
