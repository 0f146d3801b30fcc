/** Damages logs and replays them, one at a time, as its parent tells. It may hang or crash: that is what it is for. */
import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { messageOf } from '../../../src/errors.ts'
import { loadFixtures, type Fixture } from '../fixtures.ts'
import type { Request, Response } from '../messages.ts'
import { runOf } from '../mutations.ts'
import { contentOf, describeDamage, judge } from '../oracle.ts'
import { extents, replayLog, type Extent, type Replayed } from '../replay-log.ts'

const fixtures = loadFixtures()
const baselines = new Map<string, Promise<Replayed>>()
const contents = new Map<Fixture, string[]>()
let unexpected: string[] = []

process.on('unhandledRejection', (error) => unexpected.push(`unhandled rejection: ${messageOf(error)}`))
process.on('uncaughtException', (error) => unexpected.push(`uncaught exception: ${messageOf(error)}`))
let goOn = (): void => {}
process.on('message', (message: Request | 'go') => {
  if (message === 'go') goOn()
  else serve(message).catch(giveUp)
})

function tell(response: Response): void {
  process.send!(response)
}

/** The harness is at fault. */
function giveUp(error: unknown): void {
  console.error(error)
  process.exit(70)
}

async function serve({ seed, index, folder }: Request): Promise<void> {
  const { kind, note, files, damage, fixture, expands = 0 } = runOf(fixtures, seed, index)
  const extent = extents[index % extents.length]!
  const baseline = await baselineOf(fixture, extent, folder)
  const bytes = writeFiles(folder, new Map([...fixture.files, ...files]))
  const before = listing(folder)
  const { promise, resolve } = Promise.withResolvers<void>()
  goOn = resolve
  tell({ step: 'ready', kind, note: `${fixture.name}: ${note}`, damage: describeDamage(damage), bytes, expands })
  await promise
  const start = performance.now()
  const replayed = await replayLog(folder, fixture.input, extent)
  const milliseconds = performance.now() - start
  const content = contents.get(fixture) ?? contentOf(fixture)
  contents.set(fixture, content)
  // Names are covered by no checksum.
  const isDetectable = fixture.model.zip !== undefined && expands === 0 && /^(?:bytes|zip|member)\//.test(kind)
  const verdict = judge({ folder, fixture, damage, isDetectable, baseline, replayed, content })
  const failures = [...verdict.failures, ...unexpected]
  unexpected = []
  if (listing(folder) !== before) failures.push('files were written')
  tell({ step: 'done', verdict: { ...verdict, failures }, milliseconds, problem: replayed.problems[0]?.message })
}

/** What comes of the undamaged log. */
function baselineOf(fixture: Fixture, extent: Extent, folder: string): Promise<Replayed> {
  const key = `${fixture.name} ${extent}`
  const known = baselines.get(key)
  if (known) return known
  const own = join(folder, 'baseline')
  const { bytes } = fixture.model.write()
  writeFiles(own, new Map([...fixture.files, [fixture.target, bytes]]))
  const replayed = replayLog(own, fixture.input, extent).finally(() => rmSync(own, { recursive: true }))
  baselines.set(key, replayed)
  return replayed
}

function writeFiles(folder: string, files: ReadonlyMap<string, Buffer>): number {
  let bytes = 0
  for (const [path, content] of files) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    // A run that wrote a moment ago may be going on.
    if (file.endsWith('.db')) utimesSync(file, 0, 0)
    bytes += content.length
  }
  return bytes
}

function listing(folder: string): string {
  return readdirSync(folder, { recursive: true }).map(String).join('\n')
}

tell({ step: 'up' })
