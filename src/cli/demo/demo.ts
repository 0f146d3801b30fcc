import { mkdtemp, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { evaluate, type HostOptions } from '../../evaluate.ts'
import type { CliContext, Exit } from '../context.ts'
import { runEvals } from '../run-eval.ts'
import { bugHunt } from './bug-hunt.ts'

/** `evalspan demo`: an eval that runs here, to see what comes out before there is one of one's own. */
export function demoCommand(context: CliContext, exit: Exit): Command {
  return new Command('demo')
    .summary('Run a small eval with scripted models, and send it wherever the environment says.')
    .description(
      'Runs an eval of six samples with scripted models, without network, in a few seconds: parallel tools, a sub-agent, ' +
        'retries of a call and of a sample, a limit, answers from the cache. Hooks are on, and it is sent to all ' +
        'destinations that are switched on. Its log stays in the temporary folder; the last lines say where.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ evalspan demo
  $ OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 evalspan demo`,
    )
    .action(async () => {
      const folder = await mkdtemp(join(tmpdir(), 'evalspan-demo-'))
      // Answers of an earlier demo would leave nothing to see.
      const cache = join(folder, 'cache')
      process.env['EVALSPAN_CACHE_DIR'] = cache
      const options = { logDir: folder, maxSamples: 3, signal: context.interrupt }
      const work = async (host: HostOptions) => ({ logs: await evaluate(bugHunt(), options, host) })
      try {
        exit(await runEvals(context, work, { tellNowhere: true }))
      } finally {
        await rm(cache, { recursive: true, force: true })
        // Where there is no log.
        await rmdir(folder).catch(() => {})
      }
    })
}
