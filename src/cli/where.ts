import { Command } from 'commander'
import type { PlaceAt, Question } from '../delivery/index.ts'
import { plainText } from '../plain-text.ts'
import { sampleTraceId } from '../telemetry/ids.ts'
import { FAILED, type CliContext, type Exit, type ExitCode } from './context.ts'
import { titleOf } from './destination-lines.ts'
import { lookIntoOutbox, noOutboxLines } from './outbox-file.ts'
import { counted, formatNumber, moment } from './quantity.ts'
import { positiveInteger } from './positive-integer.ts'
import { openTraceLinks, type TraceLinks } from './trace-links.ts'
import { columnsOf, indented } from './wrap.ts'

/** A sample, as `evalspan where --json` has it. What the outbox has not seen has a computed trace and no names. */
interface Answer {
  readonly task?: string
  readonly sample?: string
  readonly epoch?: number
  readonly uuid?: string
  readonly trace: string
  readonly links: readonly string[]
  readonly destinations: readonly PlaceAt[]
}

/** `evalspan where`: the trace of a sample, and what became of it. */
export function whereCommand(context: CliContext, exit: Exit): Command {
  return new Command('where')
    .summary('Show the trace of a sample, and where it was delivered.')
    .description(
      'Shows trace id, links and delivery of a sample, by its uuid or by task, id in the dataset and epoch; of several runs ' +
        'the latest comes first. Exit code 1: this outbox has not seen it.',
    )
    .argument('<uuid|task>', 'uuid of a sample, or a task')
    .argument('[sample]', 'id of the sample in the dataset')
    .argument('[epoch]', 'all without', positiveInteger)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  $ evalspan where 5XR6hnqPs9mPgD2BaMzqPN
  $ evalspan where bug_hunt lamp-2 1
  $ EVALSPAN_TRACE_URL='http://localhost:16686/trace/{trace_id}' evalspan where bug_hunt lamp-2`,
    )
    .action(
      async (
        first: string,
        sample: string | undefined,
        epoch: number | undefined,
        { json = false }: { json?: boolean },
      ) => {
        const question = sample === undefined ? { uuid: first } : { task: first, sample, epoch }
        exit(await where(context, question, json))
      },
    )
}

async function where(context: CliContext, question: Question, json: boolean): Promise<ExitCode> {
  const { stdout } = context
  const outbox = await lookIntoOutbox((reader) => {
    const places = reader.where(question).map(({ object, ...place }) => ({ ...place, trace: object }))
    if (places.length > 0 || !('uuid' in question)) return places
    // Some of its spans may have come, but not the root, which has the names.
    const trace = sampleTraceId(question.uuid)
    const destinations = reader.whereIs(trace)
    return destinations.length > 0 ? [{ uuid: question.uuid, trace, destinations }] : []
  })
  const links = await openTraceLinks(context)
  const answers = await Promise.all((outbox?.found ?? []).map((answer) => withLinks(answer, links)))
  const isKnown = answers.length > 0
  if (!isKnown && 'uuid' in question) {
    answers.push(await withLinks({ uuid: question.uuid, trace: sampleTraceId(question.uuid), destinations: [] }, links))
  }
  await links.close()
  if (json) stdout.write(`${JSON.stringify({ known: isKnown, samples: answers }, undefined, 2)}\n`)
  else {
    const lines = answers.flatMap((answer, index) => [
      ...(index > 0 ? [''] : []),
      ...answerLines(answer, columnsOf(stdout)),
    ])
    const unknown = outbox ? [unknownText(question, outbox.folder)] : await noOutboxLines()
    stdout.write(`${[...lines, ...(isKnown ? [] : unknown)].join('\n')}\n`)
  }
  return isKnown ? 0 : FAILED
}

function unknownText(question: Question, folder: string): string {
  if ('uuid' in question) return `The outbox in ${folder} has not seen it.`
  const { task, sample, epoch } = question
  const which = epoch === undefined ? '' : `, epoch ${epoch}`
  return plainText(`The outbox in ${folder} has not seen a sample ${sample} of a task ${task}${which}.`)
}

async function withLinks(answer: Omit<Answer, 'links'>, links: TraceLinks): Promise<Answer> {
  const { destinations, ...rest } = answer
  return { ...rest, links: await links.of(answer.trace, destinations), destinations }
}

function answerLines({ task, sample, epoch, uuid, trace, links, destinations }: Answer, columns: number): string[] {
  const name = task === undefined ? `Sample ${uuid}` : `${task}  ${sample}, epoch ${epoch}  (${uuid})`
  return [
    ...indented(name, columns, 0),
    `  trace ${trace}${destinations.length === 0 ? ' (computed)' : ''}`,
    ...links.map((link) => `  ${link}`),
    ...destinations.flatMap((place) => [
      `  ${titleOf(place)}`,
      ...fateTexts(place).flatMap((text) => indented(text, columns, 4)),
    ]),
  ]
}

function fateTexts({ delivered, waiting, rejected, dropped, lastDelivered, answers }: PlaceAt): string[] {
  const when = lastDelivered === undefined ? '' : `, last on ${moment(lastDelivered)}`
  return [
    ...(delivered > 0 ? [`${counted(delivered, 'item')} delivered${when}`] : []),
    ...(waiting > 0 ? [`${formatNumber(waiting)} waiting`] : []),
    ...(rejected > 0
      ? [`${formatNumber(rejected)} refused${answers.length > 0 ? `: ${answers.join('; ')}` : ''}`]
      : []),
    ...(dropped > 0 ? [`${formatNumber(dropped)} dropped`] : []),
  ]
}
