import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Command } from 'commander'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readSettings } from '../exporters/otlp/settings.ts'
import { isSwitchedOff, signals } from '../exporters/otlp/signal.ts'
import { createProgram } from '../src/cli/program.ts'
import { refusedInstrument } from '../src/delivery/outbox/series.ts'
import { instrument } from '../src/telemetry/instruments.ts'
import { attribute, event } from '../src/telemetry/semconv.ts'
import { memoryContext, run } from './cli/memory-context.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')

describe('the README', () => {
  it('names every variable that is read, and no other', () => {
    expect(variablesInTable()).toEqual([...new Set([...variablesInSource(), ...variablesOfOtlp()])].toSorted())
  })

  it('names every command and every option', () => {
    const { commands, options } = createProgram(memoryContext({ cwd: root }), () => {})
    const commandLines = commands.map((command) => `\`evalspan ${command.name()}`)
    const others = commands.filter((command) => !isEval(command))
    const flags = [...options, ...others.flatMap((command) => command.options)].map(({ long }) => `\`${long}`)
    expect([...commandLines, ...flags].filter((text) => !readme.includes(text))).toEqual([])
    const flagsOfEvals = commands.filter(isEval).flatMap((command) => command.options.map(({ long }) => `\`${long}`))
    const evals = readFileSync(join(root, 'docs/evals.md'), 'utf8')
    expect([...new Set(flagsOfEvals)].filter((text) => !evals.includes(text))).toEqual([])
  })

  it('has a hook that runs', { timeout: 60_000 }, async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'evalspan-readme-')))
    onTestFinished(() => rm(folder, { recursive: true }))
    const packageFolder = join(folder, 'node_modules/evalspan')
    await mkdir(packageFolder, { recursive: true })
    await writeFile(join(packageFolder, 'package.json'), '{"name":"evalspan","type":"module","exports":"./index.js"}')
    const source = new URL('../src/index.ts', import.meta.url).href
    await writeFile(join(packageFolder, 'index.js'), `export * from '${source}'\n`)
    await writeFile(join(folder, 'my-hooks.ts'), fence('ts', '// my-hooks.ts'))

    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [join(root, 'src/cli/main.ts'), 'replay', join(root, 'demo'), '--sample', 'lamp-2', '--no-console'],
      { cwd: folder, env: { ...process.env, EVALSPAN_PLUGINS: './my-hooks.ts' } },
    )
    expect({ scores: stdout.split('\n').slice(0, 2), stderr }).toEqual({
      scores: ['lamp-2 match C', 'lamp-2 model_graded_qa C'],
      stderr: 'evalspan 0.1.0: hooks on: score_logger (Prints every score)\n',
    })
  })

  it('shows spans that the demo has', async () => {
    const { stdout } = await run(['demo'])
    const shown = spanNames(fence('text', 'Slowest sample'))
    const real = new Set(spanNames(stdout))
    expect(shown.length).toBeGreaterThan(10)
    expect(shown.filter((name) => !real.has(name))).toEqual([])
  })

  it('lists every metric with its type and unit', () => {
    const rows = readme.matchAll(
      /^\| `([\w.]+)`(?: \(\*.*?\*\))? \| (histogram|(?:updown)?counter|gauge) \| `(.+?)` \|/gm,
    )
    const listed = Array.from(rows, ([, name, type, unit]) => ({ name, type, unit }))
    const ours = Object.values(instrument).map(({ name, type, unit }) => ({ name, type, unit }))
    const delivery = ['produced', 'item', 'draft', 'superseded'].map((name) => ({
      name: `evalspan.delivery.${name}`,
      type: name === 'produced' ? 'counter' : 'updowncounter',
      unit: '{item}',
    }))
    const { name, type, unit } = refusedInstrument
    expect(listed.toSorted(byName)).toEqual([...ours, ...delivery, { name, type, unit }].toSorted(byName))
  })

  it('gives attributes the names that leave', () => {
    const ours = new Set<string>([...Object.values(attribute), ...Object.values(event)])
    const metrics = new Set<string>(Object.values(instrument).map(({ name }) => name))
    const named = Array.from(readme.matchAll(/`((?:test|eval|gen_ai|error|http)(?:\.[a-z_]+)+)`/g), ([, name]) => name!)
    expect(named.length).toBeGreaterThan(50)
    expect(named.filter((name) => !ours.has(name) && !metrics.has(name))).toEqual([])
  })

  it('says of every dependency what it carries', () => {
    const { dependencies, peerDependencies } = manifest()
    const [, section = ''] = readme.split('\n## Libraries\n')
    const rows = Array.from(section.matchAll(/^\| (`.*?) \|/gm), ([, cell]) => cell!)
    const named = rows.flatMap((cell) => Array.from(cell.matchAll(/`(.*?)`/g), ([, name]) => name!))
    expect(named.toSorted()).toEqual(Object.keys({ ...dependencies, ...peerDependencies }).toSorted())
  })

  it('draws src/ as it is', () => {
    const [, tree = ''] = /^src\/\n((?: {2}.*\n)+)/m.exec(fence('text', 'src/')) ?? []
    const drawn = Array.from(tree.matchAll(/^ {2}([\w.-]+)/gm), ([, name]) => name!)
    expect(drawn.toSorted()).toEqual(readdirSync(join(root, 'src')).toSorted())
  })

  it('points to files and scripts that exist', () => {
    const links = Array.from(readme.matchAll(/\]\(([^)#:]+)\)/g), ([, path]) => path!)
    const paths = Array.from(
      readme.matchAll(/`((?:src|exporters|examples|demo|test)\/[\w./-]*)`/g),
      ([, path]) => path!,
    )
    expect(links.length * paths.length).toBeGreaterThan(0)
    expect([...links, ...paths].filter((path) => !existsSync(join(root, path)))).toEqual([])

    const { scripts } = manifest()
    const called = Array.from(readme.matchAll(/npm run (?:--silent )?([\w:]+)/g), ([, name]) => name!)
    expect(called.filter((name) => !(name in scripts))).toEqual([])
  })
})

function manifest(): { scripts: object; dependencies: object; peerDependencies: object } {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as ReturnType<typeof manifest>
}

/** The names in the first column of the table of variables; ¹ stands for the names of the single signals as well. */
function variablesInTable(): string[] {
  const [, section = ''] = readme.split('\n## Variables\n')
  const [table = ''] = section.split('\n## ')
  return Array.from(table.matchAll(/^\| (`[A-Z].*?) \|/gm), ([, cell = '']) => {
    const names = Array.from(cell.matchAll(/`(\w+)`/g), ([, name]) => name!)
    return cell.includes('¹') ? names.flatMap((name) => [name, ...ofSignals(name)]) : names
  })
    .flat()
    .toSorted()
}

function ofSignals(name: string): string[] {
  return signals.map((signal) => name.replace('OTLP_', `OTLP_${signal.toUpperCase()}_`))
}

/** Its options are those of Inspect, and stand beside what else there is of evals. */
function isEval(command: Command): boolean {
  return command.name().startsWith('eval')
}

/** Names that stand whole in the source; but for those of options, which follow from them. */
function variablesInSource(): string[] {
  const wellKnown = /\b(?:OTEL|EVALSPAN|INSPECT)_[A-Z_]*[A-Z]\b|\bHTTPS?_PROXY\b|\bNO_PROXY\b|\b(?:NO|FORCE)_COLOR\b/g
  const asked = /\benv(?:ironment)?(?:\['|\.)([A-Z][A-Z_]+)\b/g
  return ['src', 'exporters', 'python/src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(?:ts|py)$/.test(path) && dirname(path) !== join('cli', 'eval'))
      .flatMap((path) => {
        const text = readFileSync(join(root, folder, path), 'utf8')
        return [...(text.match(wellKnown) ?? []), ...Array.from(text.matchAll(asked), ([, name]) => name!)]
      }),
  )
}

/** Names that are put together from the signal and the setting: what is asked of an environment in fact. */
function variablesOfOtlp(): string[] {
  const asked = new Set<string>()
  const values = { OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }
  const environment = new Proxy<NodeJS.ProcessEnv>(values, {
    get(target, name: string) {
      asked.add(name)
      return target[name]
    },
  })
  for (const signal of signals) {
    readSettings(signal, environment)
    isSwitchedOff(signal, environment)
  }
  return [...asked]
}

/** The text of the first fenced block of a language that has a certain text in it. */
function fence(language: string, text: string): string {
  const blocks = Array.from(readme.matchAll(/^```(\w+)\n([^]*?)^```$/gm), ([, of, content]) => ({ of, content }))
  const block = blocks.find(({ of, content }) => of === language && content?.includes(text))
  expect(block, `a block of ${language} with "${text}"`).toBeDefined()
  return block!.content!
}

/** The names at the left of a waterfall, with the ✗ of those that failed. */
function spanNames(text: string): string[] {
  const [, waterfall = ''] = text.split(/^ +├[─┼]+$/m)
  return Array.from(waterfall.matchAll(/^[ │]*(?:[├└] )?(\S.*?) {2,}[\d.,]+ (?:ms|s|min|h)\b/gm), ([, name]) => name!)
}

function byName(one: { name: string | undefined }, other: { name: string | undefined }): number {
  return one.name! < other.name! ? -1 : 1
}
