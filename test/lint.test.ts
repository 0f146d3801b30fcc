import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

it('lets imports go along the arrows of the house only', async () => {
  const present = await readdir(join(root, 'src'), { withFileTypes: true })
  const folders = new Set(present.filter((entry) => entry.isDirectory()).map((entry) => entry.name))
  const planned = ['cli', 'delivery', 'hooks', 'inspect', 'pipeline', 'runner', 'sources', 'telemetry', 'tracking']
  const all = [...folders.union(new Set(planned))].toSorted()
  const targets = [
    ...[
      'errors.ts',
      'exporter.ts',
      'load-exporters.ts',
      'open-masker.ts',
      'builtin.ts',
      'index.ts',
      'span-hooks.ts',
      'time.ts',
    ].map((file) => `src/${file}`),
    ...all
      .flatMap((folder) => (folder === 'delivery' ? ['delivery/item.ts', 'delivery/other.ts'] : [`${folder}/other.ts`]))
      .map((file) => `src/${file}`),
    'exporters/other.ts',
    'exporters/x/other.ts',
  ]
  const importers = [
    'src/errors.ts',
    'src/exporter.ts',
    'src/builtin.ts',
    ...all.map((folder) => `src/${folder}/file.ts`),
    'exporters/file.ts',
    'exporters/x/file.ts',
    'exporters/x/y/file.ts',
  ]

  expect(await arrows(importers, targets)).toMatchInlineSnapshot(`
    "src/errors.ts: nothing
    src/exporter.ts: everything
    src/builtin.ts: everything
    src/cli/file.ts: everything
    src/delivery/file.ts: src/errors.ts, src/time.ts, src/delivery/item.ts, src/delivery/other.ts
    src/files/file.ts: src/errors.ts, src/time.ts, src/files/other.ts
    src/hooks/file.ts: src/errors.ts, src/time.ts, src/hooks/other.ts, src/inspect/other.ts (types)
    src/inspect/file.ts: src/errors.ts, src/time.ts, src/files/other.ts, src/inspect/other.ts
    src/masking/file.ts: src/errors.ts, src/time.ts, src/masking/other.ts
    src/pipeline/file.ts: src/errors.ts, src/time.ts, src/hooks/other.ts, src/inspect/other.ts, src/pipeline/other.ts, src/runner/other.ts
    src/runner/file.ts: src/errors.ts, src/time.ts, src/hooks/other.ts, src/inspect/other.ts, src/runner/other.ts
    src/session/file.ts: src/errors.ts, src/exporter.ts, src/load-exporters.ts, src/open-masker.ts, src/time.ts, src/delivery/item.ts, src/delivery/other.ts, src/masking/other.ts, src/session/other.ts
    src/sources/file.ts: src/errors.ts, src/time.ts, src/files/other.ts, src/hooks/other.ts, src/inspect/other.ts, src/sources/other.ts
    src/telemetry/file.ts: src/errors.ts, src/time.ts, src/delivery/item.ts (types), src/hooks/other.ts, src/inspect/other.ts, src/masking/other.ts (types), src/telemetry/other.ts
    src/tracking/file.ts: src/errors.ts, src/time.ts, src/delivery/item.ts (types), src/hooks/other.ts, src/inspect/other.ts, src/tracking/other.ts
    exporters/file.ts: src/exporter.ts
    exporters/x/file.ts: src/exporter.ts, exporters/x/other.ts
    exporters/x/y/file.ts: src/exporter.ts, exporters/x/other.ts"
  `)
})

/** A line for every importer: what it may import, with `(types)` where only type imports pass. */
async function arrows(importers: readonly string[], targets: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'evalspan-lint-'))
  try {
    await cp(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
    for (const importer of importers) {
      await mkdir(join(folder, dirname(importer)), { recursive: true })
      await writeFile(join(folder, importer), importsOf(importer, targets))
    }
    const refused = await refusedLines(folder)
    return importers
      .map((importer) => {
        const allowed = targets.flatMap((target, index) =>
          !refused.has(`${importer}:${2 * index + 1}`)
            ? [target]
            : !refused.has(`${importer}:${2 * index + 2}`)
              ? [`${target} (types)`]
              : [],
        )
        return `${importer}: ${allowed.length === targets.length ? 'everything' : allowed.join(', ') || 'nothing'}`
      })
      .join('\n')
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Two lines for every target: one imports a value, the other a type. */
function importsOf(importer: string, targets: readonly string[]): string {
  return targets
    .map((target, index) => {
      const path = posix.relative(posix.dirname(importer), target)
      const specifier = path.startsWith('.') ? path : `./${path}`
      return `import { value as value${index} } from '${specifier}'\nimport type { Type as Type${index} } from '${specifier}'\n`
    })
    .join('')
}

/** `path:line` of every import that oxlint refuses. */
async function refusedLines(folder: string): Promise<ReadonlySet<string>> {
  const output = await new Promise<string>((resolve) => {
    const oxlint = join(root, 'node_modules/oxlint/bin/oxlint')
    execFile(process.execPath, [oxlint, '--format', 'unix'], { cwd: folder }, (_error, stdout) => resolve(stdout))
  })
  const lines = output.split('\n').filter((line) => line.includes('no-restricted-imports'))
  return new Set(lines.map((line) => line.split(':').slice(0, 2).join(':')))
}
