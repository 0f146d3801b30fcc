import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { EvalspanError, messageOf } from './errors.ts'
import type { Exporter } from './exporter.ts'

/** `exporters/` beside `src/`, in the source as in what is built from it. */
const folder = fileURLToPath(new URL('../exporters/', import.meta.url))

/** All exporters, by name. The folder is the registry: each file and each folder in it is one. */
export async function loadExporters(): Promise<Exporter[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const modules = entries.flatMap((entry) => {
    if (entry.isDirectory()) return [join(entry.name, `index${extension}`)]
    return entry.name.endsWith(extension) && !entry.name.endsWith('.d.ts') ? [entry.name] : []
  })
  return Promise.all(modules.toSorted().map((module) => load(module)))
}

/** What this module itself is: `.ts` unbuilt, `.js` built. */
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

async function load(module: string): Promise<Exporter> {
  try {
    const { default: exporter } = (await import(pathToFileURL(join(folder, module)).href)) as { default: Exporter }
    return exporter
  } catch (error) {
    throw new EvalspanError('BAD_OPTION', `exporter ${module} cannot be loaded: ${messageOf(error)}`, { cause: error })
  }
}
