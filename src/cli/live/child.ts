import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { EvalspanError } from '../../errors.ts'
import type { CliContext } from '../context.ts'
import { GroupWitness } from './group-witness.ts'

export interface ChildOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/**
 * Runs a command in the foreground, with the terminal as it is, and gives the exit code that a shell would: its own, or 128
 * and the number of the signal that ended it. Signals are the command's: those that a terminal sends reach it by
 * themselves, the others are handed on. Rejects with an `EvalspanError` when it cannot be started.
 */
export async function runChild(
  { takeSignals }: Pick<CliContext, 'takeSignals'>,
  [program = '', ...args]: readonly string[],
  { cwd, env }: ChildOptions,
): Promise<number> {
  const child = spawn(program, args, { cwd, env, stdio: 'inherit' })
  using witness = isForeground() ? undefined : new GroupWitness()
  const giveBack = takeSignals((signal) => {
    // What it got as well is not handed on, since a second Ctrl-C would be taken as impatience. On a terminal that is so.
    if (signal === 'SIGINT' && isForeground()) return
    if (!witness) child.kill(signal)
    else void witness.gotIt().then((gotIt) => gotIt || child.kill(signal))
  })
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) => reject(notStarted(program, error)))
      child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal!]))
    })
  } finally {
    giveBack()
  }
}

/** Whether what is typed on a terminal, like Ctrl-C, reaches this process and those that it starts. */
function isForeground(): boolean {
  try {
    // After the name, which may hold anything: state, parent, process group, session, terminal, its foreground group.
    const [, , group, , terminal, foreground] = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return terminal !== '0' && group === foreground
  } catch {
    return process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  }
}

/** As shells do: 127 for a command that is not there, 126 for one that may not be executed. */
export function notStartedCode({ cause }: EvalspanError): number {
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT' ? 127 : 126
}

function notStarted(program: string, error: NodeJS.ErrnoException): EvalspanError {
  const why =
    error.code === 'ENOENT'
      ? 'there is no such command'
      : error.code === 'EACCES'
        ? 'it may not be executed'
        : error.message
  return new EvalspanError('BAD_OPTION', `${program}: ${why}`, { cause: error })
}
