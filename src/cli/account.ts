import type { DeliveryReport, DestinationReport } from '../exporter.ts'
import type { Unfinished } from '../telemetry/mapping.ts'
import { plainText } from '../plain-text.ts'
import { destinationLines, equation, placeOf, waitingText } from './destination-lines.ts'
import { counted, day, formatNumber } from './quantity.ts'
import { tableLines } from './table.ts'
import { indented } from './wrap.ts'

export interface AccountOptions {
  /** What is wider is wrapped. */
  readonly columns: number
  /** What was delivered before was to be sent once more. */
  readonly again?: boolean | undefined
  /** False: the command goes on where it ended the last time, so that what was seen before is no news. */
  readonly tellKnown?: boolean | undefined
}

/**
 * The last lines of every command that sends: for each destination `produced = delivered + waiting + rejected +
 * dropped`, why something was not delivered, the same of the whole outbox where that differs, and what was not sent
 * because it was known.
 */
export function accountLines(
  report: DeliveryReport,
  { columns, again = false, tellKnown = true }: AccountOptions,
): string[] {
  if (report.destinations.length === 0) return ['Nothing was sent, because no destination is on.', switchOn]
  return [
    ...report.destinations.flatMap((each) => [
      ...destinationLines(each, columns),
      ...overallLines(each, report, columns),
    ]),
    ...[...(tellKnown ? knownTexts(report, again) : []), ...supersededTexts(report)].flatMap((text) =>
      indented(text, columns, 0),
    ),
  ]
}

/** The same after a dry run of so many samples: what would have been sent where. */
export function dryRunLines(report: DeliveryReport, samples: number): string[] {
  const read = `Dry run: ${counted(samples, 'sample')} read, nothing sent`
  if (report.destinations.length === 0) return [`${read}. No destination is on.`, switchOn]
  const { fresh } = report
  const rows = report.destinations.map((each) => [
    [`  ${plainText(each.sink)}`],
    [placeOf(each)],
    [`${formatNumber(each.produced)} to send`],
  ])
  return [
    `${read}; that makes ${counted(fresh.span, 'span')} and ${counted(fresh.log, 'log record')}.`,
    ...tableLines(rows),
  ]
}

/** Samples that were in an earlier log already: of a retried task, or of a copy. */
export function passedOverLines(count: number): string[] {
  if (count === 0) return []
  return [`${counted(count, 'sample')} passed over: in an earlier one of these logs as well, and sent from there.`]
}

/** Of runs that are going on or were killed, and of what a damaged log has lost. */
export function unfinishedLines(unfinished: Unfinished): string[] {
  const { samples, tasks } = unfinished
  if (tasks + samples === 0) return []
  const [has, completes] = tasks + samples === 1 ? ['has', 'completes it'] : ['have', 'completes them']
  return [
    `${unfinishedText(unfinished)} ${has} no end in this input; a later replay ${completes}, --seal sends what is known, as incomplete`,
  ]
}

/** Tasks and samples, as far as there are some. */
export function unfinishedText({ samples, tasks }: Unfinished): string {
  const parts = [tasks > 0 ? counted(tasks, 'task') : [], samples > 0 ? counted(samples, 'sample') : []]
  return parts.flat().join(' and ')
}

/** Something of what the command was to send is not where it should be, be it from an earlier time. */
export function isIncomplete(report: DeliveryReport): boolean {
  const isLeft = report.destinations.some(({ waiting, rejected, dropped }) => waiting + rejected + dropped > 0)
  return isLeft || ((report.before?.undelivered ?? 0) > 0 && fateOfEarlier(report) !== 'delivered')
}

const switchOn =
  'Set OTEL_EXPORTER_OTLP_ENDPOINT, for example to http://localhost:4318, or see `evalspan hooks` for all that can be set.'

function overallLines(own: DestinationReport, { all, since }: DeliveryReport, columns: number): string[] {
  const overall = all.find(({ destination }) => destination === own.destination)
  if (!overall || since === undefined || equation(overall) === equation(own)) return []
  // What waits of this command's own was said before.
  const waiting = own.waiting === 0 ? waitingText(overall) : undefined
  const cause = waiting === undefined ? [] : indented(waiting, columns)
  return [`  in all since ${day(since)}: ${equation(overall)}`, ...cause]
}

/** What had been seen before, and what became of it. */
function knownTexts(report: DeliveryReport, again: boolean): string[] {
  const { fresh, known, before } = report
  const { count = 0, latest, undelivered = 0 } = before ?? {}
  // A backend that turned out to take nothing of the kind lacks nothing.
  const isFiled = report.destinations.some(({ isMetrics, produced }) => !isMetrics && produced > 0)
  const refiled = isFiled ? known - count - undelivered : 0
  const news = fresh.span + fresh.log
  const beginning = news > 0 ? `${counted(news, 'item')} new; ` : refiled > 0 ? '' : 'nothing new; '
  const texts: string[] = []
  if (count > 0) {
    const date = latest === undefined ? '' : ` on ${day(latest)}`
    const more = '--again sends them once more (backends that only append will show them twice)'
    texts.push(`${beginning}${counted(count, 'item')} delivered${date}; ${more}`)
  }
  if (undelivered > 0) {
    const what = `${counted(undelivered, 'item')} from an earlier time ${fates[fateOfEarlier(report)]}`
    texts.push(count > 0 ? what : beginning + what)
  }
  if (refiled > 0) {
    const why = again ? 'taken once more, because of --again' : 'which a destination lacked'
    texts.push(`${counted(refiled, 'item')} seen before, ${why}`)
  }
  return texts
}

const fates = {
  waiting: 'still waiting',
  refused: 'not delivered in full; `evalspan status` says why',
  delivered: 'delivered now',
} as const

/** Of what waited when this command began. */
function fateOfEarlier({ destinations, all }: DeliveryReport): keyof typeof fates {
  const on = all.filter(
    ({ isMetrics, destination }) => !isMetrics && destinations.some((own) => own.destination === destination),
  )
  if (on.some(({ waiting }) => waiting > 0)) return 'waiting'
  return on.some(({ rejected, dropped }) => rejected + dropped > 0) ? 'refused' : 'delivered'
}

function supersededTexts({ superseded, supersededNames }: DeliveryReport): string[] {
  if (superseded === 0) return []
  const names = supersededNames.map((name) => plainText(name)).join(', ')
  const more = superseded > supersededNames.length ? ', …' : ''
  return [`${counted(superseded, 'item')} seen before with other content, and not sent again: ${names}${more}`]
}
