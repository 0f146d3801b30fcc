import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, inject } from 'vitest'

/** The scripts and scenarios that run in Inspect's Python. */
const folder = join(import.meta.dirname, 'inspect')

/** Like `describe`, and skipped where Inspect is not installed. */
export const describeWithInspect: typeof describe = (
  inject('inspectPython') === '' ? describe.skip : describe
) as typeof describe

/** The command line of a script in `test/real/inspect`. */
export function pythonCommand(script: string, ...args: readonly string[]): readonly string[] {
  // Nothing of it is to be left in the repository.
  return [inject('inspectPython'), '-B', join(folder, script), ...args]
}

/** Inspect's own commands, as `inspect …` on a terminal. */
export function inspectCommand(...args: readonly string[]): readonly string[] {
  return [inject('inspectPython'), '-m', 'inspect_ai', ...args]
}

/** What the command prints. Rejects, with all that it wrote, unless it ends well. */
export async function outputOf(command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const [program = '', ...args] = command
  return await new Promise((resolve, reject) => {
    const options = { env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env }, maxBuffer: 2 ** 28 }
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${args.slice(0, 3).join(' ')}…: ${stdout}\n${stderr}`, { cause: error }))
      else resolve(stdout)
    })
  })
}
