import type { StreamOutput } from '../session/terminal-output.ts'

export type CliOutput = StreamOutput

/** The world as a command sees it. */
export interface CliContext {
  readonly stdout: CliOutput
  readonly stderr: CliOutput
  /** Where the search for hooks begins. */
  readonly cwd: string
  /** Aborted by Ctrl-C and the like; the reason is the exit code. */
  readonly interrupt: AbortSignal
  /** Signals go there, and interrupt nothing, until the function that it gives is called. */
  readonly takeSignals: (take: (signal: NodeJS.Signals) => void) => () => void
  /** The exit code is another command's, and what fails beside it does not change it. */
  readonly keepExitCode: () => void
}

/** Says how the command ended. */
export type Exit = (code: ExitCode) => void

export type ExitCode = number

/** Something was not delivered, or could not be read. */
export const FAILED: ExitCode = 1
/** The command was called in a wrong way. */
export const WRONG_USAGE: ExitCode = 2
