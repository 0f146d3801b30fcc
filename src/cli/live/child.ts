import { spawn } from 'node:child_process'
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
 * and the number of the signal that ended it. Signals are the command's: those that the whole process group gets, as from a
 * terminal, reach it by themselves, the others are handed on. Rejects with an `EvalspanError` when it cannot be started.
 */
export async function runChild(
  { takeSignals }: Pick<CliContext, 'takeSignals'>,
  [program = '', ...args]: readonly string[],
  { cwd, env }: ChildOptions,
): Promise<number> {
  const child = spawn(program, args, { cwd, env, stdio: 'inherit' })
  using witness = new GroupWitness()
  const handOn = (signal: NodeJS.Signals): void => {
    // After its end they are for what is left to do here.
    if (!child.kill(signal)) process.kill(process.pid, signal)
  }
  // What it got as well, as all from a terminal, is not handed on: a second Ctrl-C would be taken as impatience.
  const giveBack = takeSignals((signal) => void witness.gotIt(signal).then((gotIt) => gotIt || handOn(signal)))
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) => reject(notStarted(program, error)))
      child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal!]))
    })
  } finally {
    giveBack()
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
