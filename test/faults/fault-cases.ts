import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { Backend, type Fault } from './backend.ts'
import { answering, firstAttemptMs, refusedConnection, type FaultCase, type Mode } from './fault-case.ts'

const start = (): Promise<Backend> => Backend.start()
const nameFile = 'name-is-known'
const preload = pathToFileURL(join(import.meta.dirname, 'child/resolve-name.ts')).href

/** What goes wrong between an eval and a backend that speaks OTLP/HTTP. */
export const faultCases: readonly FaultCase<Backend>[] = [
  refusedConnection(start),
  {
    name: 'DNS failure',
    items: () => 'wait',
    start,
    variables: ({ port }, folder) => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://nowhere.invalid:${port}`,
      NODE_OPTIONS: `--import=${preload}`,
      TEST_NAME_FILE: join(folder, nameFile),
    }),
    break: () => Promise.resolve(),
    met: () => sleep(firstAttemptMs),
    heal: async (_, folder) => writeFileSync(join(folder, nameFile), ''),
  },
  { ...broken('slow', 'wait', (mode) => ({ slowMs: mode === 'at the end' ? 3_000 : 400 })), isSilent: true },
  { ...broken('hang', 'wait', () => 'hang'), isSilent: true },
  broken('reset mid-body', 'wait', () => 'reset'),
  broken('400', 'are parked', () => ({ status: 400, body: 'bad request' })),
  broken('401', 'wait', () => ({ status: 401, body: 'who are you?' })),
  {
    ...broken('413', 'wait', (mode) => ({ mostBytes: mode === 'at the end' ? 50 : 2_000 })),
    // There is no batch small enough at the end; while it runs a smaller batch is all that is needed.
    items: (mode) => (mode === 'at the end' ? 'are parked' : 'wait'),
    // Each item is refused on its own.
    flushTimeout: '20s',
    met: () => Promise.resolve(),
    heal: async (backend, _, mode) => void (mode === 'at the end' && backend.heal()),
  },
  broken('429', 'wait', () => ({ status: 429 })),
  broken('429 with Retry-After', 'wait', () => ({ status: 429, headers: { 'retry-after': '1' } })),
  broken('500', 'are parked', () => ({ status: 500, body: 'internal error' })),
  broken('503', 'wait', () => ({ status: 503, body: 'starting' })),
  {
    ...broken('partial success', 'are taken', () => 'hang'),
    refused: 3,
    break: async (backend) => backend.break({ refused: 3 }, 1),
  },
  { ...broken('answer lost', 'wait', () => 'answer lost'), losesAnswers: true },
  { ...broken('answer cut off', 'wait', () => 'answer cut off'), losesAnswers: true },
]

function broken(
  name: string,
  items: 'wait' | 'are parked' | 'are taken',
  fault: (mode: Mode) => Fault,
): FaultCase<Backend> {
  return answering(name, items, start, (backend, mode) => backend.break(fault(mode)))
}
