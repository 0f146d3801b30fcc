import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Backend, Fault } from './backend.ts'
import { eventually, type Variables } from './child-process.ts'

/** How things stood when the backend was broken. */
export type Mode = 'while running' | 'at the end'

export interface FaultCase {
  readonly name: string
  /** What becomes of the items until the backend is healed. */
  readonly items: (mode: Mode) => 'wait' | 'are parked' | 'are taken'
  /** The backend takes what it does not answer for, so it may get that again. */
  readonly losesAnswers?: boolean
  /** Spans that it refuses for good, a number being all that it says of them. */
  readonly refused?: number
  /** Of every process of the case. */
  variables?(backend: Backend, folder: string): Variables
  break(backend: Backend, mode: Mode): Promise<void>
  /** Resolves when the fault was met. */
  met(backend: Backend): Promise<void>
  heal(backend: Backend, folder: string): Promise<void>
}

const nameFile = 'name-is-known'
const preload = pathToFileURL(join(import.meta.dirname, 'child/resolve-name.ts')).href
/** Longer than items wait for company. */
const firstAttemptMs = 1_000

export const faultCases: readonly FaultCase[] = [
  {
    name: 'refused connection',
    items: () => 'wait',
    break: (backend) => backend.close(),
    met: () => sleep(firstAttemptMs),
    heal: (backend) => backend.listen(),
  },
  {
    name: 'DNS failure',
    items: () => 'wait',
    variables: ({ port }, folder) => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://nowhere.invalid:${port}`,
      NODE_OPTIONS: `--import=${preload}`,
      TEST_NAME_FILE: join(folder, nameFile),
    }),
    break: () => Promise.resolve(),
    met: () => sleep(firstAttemptMs),
    async heal(_, folder) {
      writeFileSync(join(folder, nameFile), '')
    },
  },
  // The clients of these tests wait for a second.
  answering('slow', 'wait', (mode) => ({ slowMs: mode === 'at the end' ? 3_000 : 400 })),
  answering('hang', 'wait', () => 'hang'),
  answering('reset mid-body', 'wait', () => 'reset'),
  answering('400', 'are parked', () => ({ status: 400, body: 'bad request' })),
  answering('401', 'wait', () => ({ status: 401, body: 'who are you?' })),
  {
    ...answering('413', 'wait', (mode) => ({ mostBytes: mode === 'at the end' ? 50 : 6_000 })),
    // There is no batch small enough at the end; while it runs a smaller batch is all that is needed.
    items: (mode) => (mode === 'at the end' ? 'are parked' : 'wait'),
  },
  answering('429', 'wait', () => ({ status: 429 })),
  answering('429 with Retry-After', 'wait', () => ({ status: 429, headers: { 'retry-after': '1' } })),
  answering('500', 'are parked', () => ({ status: 500, body: 'internal error' })),
  answering('503', 'wait', () => ({ status: 503, body: 'starting' })),
  {
    ...answering('partial success', 'are taken', () => ({ refused: 3 })),
    refused: 3,
    break: async (backend) => backend.break({ refused: 3 }, 1),
  },
  { ...answering('answer lost', 'wait', () => 'answer lost'), losesAnswers: true },
  { ...answering('answer cut off', 'wait', () => 'answer cut off'), losesAnswers: true },
]

function answering(name: string, items: ReturnType<FaultCase['items']>, fault: (mode: Mode) => Fault): FaultCase {
  return {
    name,
    items: () => items,
    break: async (backend, mode) => backend.break(fault(mode)),
    met: (backend) => eventually(`${name} is met`, () => backend.faulty > 0),
    heal: async (backend) => backend.heal(),
  }
}
