import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** The source of `hooks()` and `Hooks`, for modules that are written into temporary folders. */
export const registerUrl: string = new URL('../../src/hooks/register.ts', import.meta.url).href
const hooksUrl: string = new URL('../../src/hooks/hooks.ts', import.meta.url).href
export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** A new folder with these files, for the length of a test; objects are written as JSON. */
export async function project(files: { [path: string]: string | object }): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'evalspan-hooks-')))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  }
  return folder
}

/** A module that registers hooks. */
export function registering(name: string, description = 'From a test'): string {
  return [
    `import { hooks } from '${registerUrl}'`,
    `import { Hooks } from '${hooksUrl}'`,
    `hooks('${name}', '${description}')(class extends Hooks {})`,
  ].join('\n')
}

/** The files of a package, installed in `folder`. */
export function installed(
  folder: string,
  manifest: object,
  modules: { [path: string]: string } = {},
): { [path: string]: string | object } {
  const files = Object.entries({ 'package.json': manifest, ...modules })
  return Object.fromEntries(files.map(([path, content]) => [join(folder, path), content]))
}
