import { Command } from 'commander'
import { FAILED, type CliContext, type Exit, type ExitCode } from './context.ts'
import { checkExporters } from './doctor-exporters.ts'
import { checkHooks } from './doctor-hooks.ts'
import { checkInstallation } from './doctor-installation.ts'
import { checkOutbox } from './doctor-outbox.ts'
import { doctorMasker } from './doctor-masker.ts'
import type { DoctorReport, ExporterReport, Finding, SinkReport } from './doctor-report.ts'
import { checkSettings } from './doctor-settings.ts'
import { DoctorText } from './doctor-text.ts'

/** However many sinks there are and whatever they wait for. */
const mostMs = 20_000

/** `evalspan doctor`: whether everything that is on can be used, and what to do where not. */
export function doctorCommand(context: CliContext, exit: Exit): Command {
  return new Command('doctor')
    .summary('Check whether everything that is on can be used.')
    .description(
      'Looks at this installation, at hooks and at the outbox, and at each destination that is on: variables, name, ' +
        'connection, credentials, clock, version. Sends a test span, record and metric, and reads the span back where ' +
        'that can be done. Exit code 1: a check failed.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  $ evalspan doctor
  $ OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 evalspan doctor
  $ evalspan doctor --json | jq .ok`,
    )
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      exit(await examine(context, json))
    })
}

async function examine(context: CliContext, json: boolean): Promise<ExitCode> {
  const { stdout, interrupt } = context
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(new Error(`no end within ${mostMs / 1000} s`)), mostMs)
  try {
    const signal = AbortSignal.any([interrupt, limit.signal])
    const text = new DoctorText(stdout)
    const report = await reportOn(context, signal, (...section) => {
      if (!json && !interrupt.aborted) stdout.write(`${text.section(...section).join('\n')}\n\n`)
    })
    if (interrupt.aborted) return interrupt.reason as ExitCode
    stdout.write(json ? `${JSON.stringify(report, nullForUnknown, 2)}\n` : `${closingLine(report, text)}\n`)
    return report.ok ? 0 : FAILED
  } finally {
    clearTimeout(timer)
  }
}

/** JSON would leave out what is undefined. */
function nullForUnknown(name: string, value: unknown): unknown {
  return name === 'ok' && value === undefined ? null : value
}

type Show = (...section: Parameters<DoctorText['section']>) => void

async function reportOn(context: CliContext, signal: AbortSignal, show: Show): Promise<DoctorReport> {
  // What takes longest begins first, and is shown last.
  const masker = doctorMasker(context.cwd)
  const checking = checkExporters({ context, masker, signal })
  checking.catch(() => {})
  const installation = [...checkInstallation(), ...checkSettings(context.cwd)]
  show('This installation', undefined, installation)
  const hooks = await findingsInTime(checkHooks(context), signal, 'loading')
  show('Hooks', undefined, hooks)
  const outbox = await findingsInTime(checkOutbox(), signal, 'folder')
  show('Outbox', undefined, outbox)
  const opened = await checking
  show(
    'Exporters',
    undefined,
    opened.map(({ report }) => report.finding),
  )
  const exporters: ExporterReport[] = []
  for (const { report, sinks } of opened) {
    const done: SinkReport[] = []
    for (const sink of sinks) {
      // oxlint-disable-next-line no-await-in-loop -- they are under way all at once, and shown one after another
      const result = await sink
      show(result.name, result.address, result.checks)
      done.push(result)
    }
    exporters.push({ ...report, sinks: done })
  }
  await Promise.all(opened.map((each) => each.close()))
  const all = [...installation, ...hooks, ...outbox, ...exporters.flatMap(findingsOf)]
  return { ok: all.every(({ ok }) => ok !== false), installation, hooks, outbox, exporters }
}

function findingsOf({ finding, sinks }: ExporterReport): Finding[] {
  return [finding, ...sinks.flatMap(({ checks }) => checks)]
}

function closingLine({ ok, installation, hooks, outbox, exporters }: DoctorReport, text: DoctorText): string {
  if (ok) {
    const isSending = exporters.some(({ sinks }) => sinks.length > 0)
    return isSending ? text.paint('green', 'All is well.') : 'All is well, but no destination is on.'
  }
  const failed = [...installation, ...hooks, ...outbox, ...exporters.flatMap(findingsOf)].filter(
    (each) => each.ok === false,
  )
  return text.paint('red', failed.length === 1 ? '1 check failed.' : `${failed.length} checks failed.`)
}

/** Hooks are others' code, which may wait for ever. */
async function findingsInTime(findings: Promise<Finding[]>, signal: AbortSignal, what: string): Promise<Finding[]> {
  const aborted = new Promise<Finding[]>((resolve) => {
    const end = (): void => resolve([{ what, ok: false, detail: `no end within ${mostMs / 1000} s` }])
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
  return await Promise.race([aborted, findings])
}
