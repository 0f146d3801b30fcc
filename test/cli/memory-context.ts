import type { CliContext, CliOutput } from '../../src/cli/context.ts'
import { runCli } from '../../src/cli/cli.ts'

export interface MemoryOutput extends CliOutput {
  text: string
  closed: boolean
}

/** Keeps what is written; `onWrite` sees it first. */
export function memoryOutput(onWrite: (output: MemoryOutput) => void = () => {}): MemoryOutput {
  return {
    text: '',
    interactive: false,
    color: false,
    columns: 80,
    closed: false,
    write(text: string) {
      if (!this.closed) this.text += text
      onWrite(this)
    },
  }
}

export interface CliResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line in this process. */
export async function run(argv: readonly string[], changes: Partial<CliContext> = {}): Promise<CliResult> {
  const context = memoryContext(changes)
  const exitCode = await runCli(argv, context)
  return { exitCode, stdout: (context.stdout as MemoryOutput).text, stderr: (context.stderr as MemoryOutput).text }
}

export function memoryContext(changes: Partial<CliContext> = {}): CliContext {
  return {
    stdout: memoryOutput(),
    stderr: memoryOutput(),
    cwd: import.meta.dirname,
    interrupt: new AbortController().signal,
    takeSignals: () => () => {},
    keepExitCode() {},
    ...changes,
  }
}
