import { Command } from 'commander'
import { loadExporters } from '../load-exporters.ts'
import type { Exporter } from '../exporter.ts'
import { discoverHooks } from '../hooks/discovery.ts'
import { isEnabled } from '../hooks/enabled.ts'
import { Failures } from '../hooks/failures.ts'
import { globalRegistry } from '../hooks/registry.ts'
import { checkRequiredHooks } from '../hooks/required.ts'
import { plainText } from '../plain-text.ts'
import type { CliContext, Exit } from './context.ts'
import { tableLines } from './table.ts'
import { tell } from './tell.ts'

/** `evalspan hooks`: where things go, and how to switch on more. */
export function hooksCommand(context: CliContext, exit: Exit): Command {
  return new Command('hooks')
    .summary('Show what is on, what is off, and what switches it on.')
    .description(
      'Lists the exporters of evalspan and the hooks that this project and its dependencies register, whether they are ' +
        'on, and the variables that switch them on.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ evalspan hooks
  $ EVALSPAN_PLUGINS=./my-hooks.ts evalspan hooks  with hooks from a file of yours`,
    )
    .action(async () => {
      const report = (message: string): void => tell(context, message)
      const exporters = await loadExporters()
      await discoverHooks({ cwd: context.cwd, env: process.env, registry: globalRegistry, report })
      await globalRegistry.load(report)

      const failures = new Failures(report)
      const rows = [
        ...exporters.map((exporter) => exporterRow(exporter, report)),
        ...globalRegistry.list().map((registered) => ({
          name: registered.name,
          kind: 'hooks',
          on: isEnabled(registered, failures),
          switchedOnBy: [],
          summary: registered.description,
        })),
      ]
      const cells = rows.map(({ name, kind, on, switchedOnBy, summary }) => [
        [plainText(name)],
        [kind],
        [on ? 'on' : 'off'],
        switchedOnBy,
        [plainText(summary)],
      ])
      const header = [['NAME'], ['KIND'], ['STATE'], ['SWITCHED ON BY'], ['WHAT IT DOES']]
      context.stdout.write(`${tableLines([header, ...cells]).join('\n')}\n`)
      checkRequiredHooks({ host: 'inspect', registry: globalRegistry })
      exit(0)
    })
}

function exporterRow(exporter: Exporter, report: (message: string) => void) {
  return {
    name: exporter.name,
    kind: 'exporter',
    on: isOn(exporter, report),
    switchedOnBy: exporter.switchedOnBy.length > 0 ? exporter.switchedOnBy : ['(a command)'],
    summary: exporter.summary,
  }
}

/** A variable with an unusable value is told, and leaves the rest of the table to be seen. */
function isOn(exporter: Exporter, report: (message: string) => void): boolean {
  try {
    return exporter.enabled()
  } catch (error) {
    report(`${exporter.name}: ${(error as Error).message}`)
    return false
  }
}
