import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { run } from './memory-context.ts'

const version = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version

describe('the command line', () => {
  it('shows the version', async () => {
    expect(await run(['--version'])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('shows its help', async () => {
    const { exitCode, stdout, stderr } = await run(['--help'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatchInlineSnapshot(`
      "Usage: evalspan [options] [command]

      Hooks in, spans out: LLM evaluations as OpenTelemetry traces and metrics.

      Options:
        -V, --version                                 Show the version.
        -h, --help                                    Show this help.

      Commands:
        eval [options] <file...>                      Run tasks from TypeScript or JavaScript files.
        eval-set [options] <file...>                  Run tasks until all of them have succeeded, going on from a folder.
        eval-retry [options] <log...>                 Run tasks again that failed or were cancelled, from their logs.
        run <command...>                              Run a command that runs Inspect, and send what happens while it does.
        listen [options]                              Listen to many processes that run Inspect, and send what happens in them.
        replay [options] <path...>                    Send what is in logs of finished runs.
        watch [options] <folder...>                   Send what comes into log folders, while evals run.
        top [options]                                 Show what runs now.
        demo                                          Run a small eval with scripted models, and send it wherever the environment says.
        flush [options]                               Send what waits in the outbox.
        status [options]                              Show what was delivered and what waits, by destination.
        where [options] <uuid|task> [sample] [epoch]  Show the trace of a sample, and where it was delivered.
        retry [sink...]                               Send once more what was refused.
        drop [options] [sink...]                      Give up what was refused, or what waits.
        hooks                                         Show what is on, what is off, and what switches it on.
        doctor [options]                              Check whether everything that is on can be used.
        help [command]                                Show the help of a command.

      Examples:
        $ evalspan eval arithmetic.eval.ts --model openai/gpt-4o
        $ evalspan run -- inspect eval task.py --model openai/gpt-4o
        $ evalspan demo                                  a small eval without a key, on this terminal
        $ OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 evalspan replay logs/
        $ evalspan status                                what was delivered, and what waits
        $ evalspan hooks                                 where things go, and how to switch on more

      Exit codes: 0 done, 1 something was not delivered or not readable, 2 wrong usage.
      "
    `)
  })

  it.each(['replay', 'demo', 'hooks', 'doctor'])('shows the help of %s, with examples', async (command) => {
    const { exitCode, stdout, stderr } = await run([command, '--help'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain(`Usage: evalspan ${command}`)
    expect(stdout).toContain(`Examples:\n  $ evalspan ${command}`)
    expect(await run(['help', command])).toEqual({ exitCode, stdout, stderr })
  })

  it('shows the help of replay', async () => {
    expect((await run(['replay', '--help'])).stdout).toMatchInlineSnapshot(`
      "Usage: evalspan replay [options] <path...>

      Reads logs of Inspect AI and sends what is in them to all destinations that are
      switched on.

      Arguments:
        path             logs (.eval, .json), event logs (.jsonl), folders, or
                         patterns such as "logs/**/*.eval"; also s3://, gs://, az://,
                         https://

      Options:
        --dry-run        read and map everything, send nothing, say what would be sent
        --limit <n>      at most so many samples of each log
        --sample <id>    only this sample: its id in the dataset or its uuid (may be
                         repeated)
        --events <file>  write the events to a file, one JSON object a line ("-" for
                         standard output)
        --seal           send what the input leaves open, marked as incomplete; it
                         cannot be completed later
        --again          send once more what was delivered before; backends that only
                         append will show it twice
        --console        show progress and a summary (by itself on a terminal)
        --no-console     show only what was delivered
        -h, --help       Show this help.

      Examples:
        $ evalspan replay logs/                          all logs of a folder
        $ evalspan replay "logs/**/*.eval" --dry-run     how much is that?
        $ evalspan replay run.eval --sample lamp-2       one sample
        $ evalspan replay s3://bucket/logs/              all logs of a folder in a store
        $ evalspan replay run.eval --events - | jq .hook
      "
    `)
  })

  it.each([
    [['repaly'], "error: unknown command 'repaly'\n(Did you mean replay?)\n"],
    [['replay', 'x', '--dryrun'], "error: unknown option '--dryrun'\n(Did you mean --dry-run?)\n"],
    [['replay'], "error: missing required argument 'path'\n"],
    [
      ['replay', 'x', '--limit', '0'],
      "error: option '--limit <n>' argument '0' is invalid. Give a whole number from 1.\n",
    ],
    [
      ['replay', 'x', '--limit', '1e3'],
      "error: option '--limit <n>' argument '1e3' is invalid. Give a whole number from 1.\n",
    ],
    [['replay', 'x', '--sample'], "error: option '--sample <id>' argument missing\n"],
    [['demo', 'x'], "error: too many arguments for 'demo'. Expected 0 arguments but got 1: x.\n"],
  ])('refuses %j with exit code 2', async (argv, message) => {
    const hint = '(--help shows how to use it)\n'
    expect(await run(argv)).toEqual({ exitCode: 2, stdout: '', stderr: `${message}${hint}` })
  })

  it('shows its help on standard error when no command is given', async () => {
    const { exitCode, stdout, stderr } = await run([])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toBe((await run(['--help'])).stdout)
  })
})
