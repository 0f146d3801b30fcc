import { CommanderError } from 'commander'
import { EvalspanError, messageOf } from '../errors.ts'
import { FAILED, WRONG_USAGE, type CliContext, type ExitCode } from './context.ts'
import { createProgram } from './program.ts'
import { tell } from './tell.ts'

/**
 * Runs a command line (without `node` and the script) and resolves with the exit code: 0 done, 1 something was not
 * delivered or not readable, 2 wrong usage, 128 + n after signal n. Never rejects.
 */
export async function runCli(argv: readonly string[], context: CliContext): Promise<ExitCode> {
  let exitCode: ExitCode = 0
  try {
    const program = createProgram(context, (code) => {
      exitCode = code
    })
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE
    if (error instanceof EvalspanError) {
      tell(context, `error: ${error.message}`)
      return isWrongUsage(error) ? WRONG_USAGE : FAILED
    }
    tell(context, (error instanceof Error && error.stack) || messageOf(error))
    return FAILED
  }
}

function isWrongUsage({ code }: EvalspanError): boolean {
  return code === 'BAD_OPTION' || code === 'MISSING_HOOK' || code === 'MISSING_PACKAGE'
}
