import { isDeepStrictEqual } from 'node:util'
import type { Difference } from './compare/difference.ts'
import type { Fields } from './compare/fired.ts'
import {
  attempts,
  failures,
  find,
  isOfSample,
  isReordered,
  isSameSet,
  sampleEnd,
  sampleOf,
  taskStatus,
  type Views,
} from './compare/in-views.ts'

/** A way in which our runner is meant to differ from Inspect. */
export interface IntendedDifference {
  readonly name: string
  readonly reason: string
  readonly matches: (difference: Difference, views: Views) => boolean
}

/** All of them. What matches none of these is a fault of the runner. */
export const intendedDifferences: readonly IntendedDifference[] = [
  {
    name: 'TaskEnd of a failed task',
    reason:
      'Inspect tells the end of tasks only that came to their end; our stream is balanced, so that no task stays open.',
    matches: ({ what, field, ours, inspect }) =>
      what === 'task_end' && field === '' && inspect === undefined && isFailed(ours as Fields),
  },
  {
    name: 'logs of a cancelled run',
    reason:
      'After Ctrl-C Inspect leaves out the logs of tasks that were cancelled; ours are those of all that were begun.',
    matches: ({ what, field, ours, inspect }) =>
      what === 'run_end' &&
      field === 'logs' &&
      (ours as readonly Fields[]).some(({ status }) => status === 'cancelled') &&
      isDeepStrictEqual(
        (ours as readonly Fields[]).filter(({ status }) => status !== 'cancelled'),
        inspect,
      ),
  },
  {
    name: 'EvalSetEnd after Ctrl-C or an error',
    reason: 'Inspect leaves it out; our stream is balanced.',
    matches: ({ what, field, inspect }) => what === 'eval_set_end' && field === '' && inspect === undefined,
  },
  {
    name: 'AttemptEnd of an attempt whose start raised a limit',
    reason: 'The start was told, so the end is told too.',
    matches: ({ section, what, field, inspect }, { inspect: view }) =>
      what.startsWith('sample_attempt_end') &&
      field === '' &&
      inspect === undefined &&
      sampleEnd(view, section)?.['limit'] !== undefined,
  },
  {
    name: 'SampleEnd after a limit of AttemptEnd',
    reason:
      'The sample was begun and is logged; only Inspect leaves out its end when the hook before it raises a limit.',
    matches: ({ section }, { ours, inspect }) =>
      isOfSample(section) &&
      sampleEnd(inspect, section) === undefined &&
      sampleEnd(ours, section) !== undefined &&
      find(inspect, `${sampleOf(section)} hooks`, 'sample_attempt_end 1')?.['will_retry'] === false &&
      /events$|hooks$/.test(section),
  },
  {
    name: 'RunEnd once',
    reason: 'Inspect tells the end of a run twice when a hook raises a limit at the first.',
    matches: ({ section, what, field, ours, inspect }) =>
      section === 'runs' &&
      what === 'run_end' &&
      field === '' &&
      ours === undefined &&
      (inspect as Fields)['exception']?.type === 'LimitExceededError',
  },
  {
    name: 'no sample begins in a task that has failed',
    reason:
      'In Inspect samples that wait for a place get it while the task is being torn down, and are cancelled at their first ' +
      'wait, or even finished; ours do not begin.',
    matches: ({ section, ours }, views) =>
      isOfSample(section) &&
      ours === undefined &&
      !views.ours.has(`${sampleOf(section)} hooks`) &&
      taskStatus(views.ours, section) === 'error',
  },
  {
    name: 'no attempt begins in a task that has failed',
    reason: 'So it is with attempts of samples that wait to be tried again; ours end with the error that they had.',
    matches: ({ section }, { ours, inspect }) =>
      isOfSample(section) &&
      taskStatus(ours, section) === 'error' &&
      sampleEnd(inspect, section)?.['error'] === 'CancelledError' &&
      attempts(ours, section) === attempts(inspect, section) - 1,
  },
  {
    name: 'SampleEnd of a sample that waited to be tried again',
    reason: 'Inspect forgets a sample whose next attempt never comes; ours is logged, and has its end.',
    matches: ({ section, ours, inspect }, views) =>
      isOfSample(section) &&
      ours !== undefined &&
      inspect === undefined &&
      sampleEnd(views.inspect, section) === undefined &&
      attempts(views.ours, section) === attempts(views.inspect, section) &&
      (views.inspect.get(`${sampleOf(section)} hooks`)?.at(-1)?.details['will_retry'] ?? false) === true,
  },
  {
    name: 'how far a sample came when its task failed',
    reason: 'Who of the samples that run at the same time is cancelled where is a matter of chance.',
    matches: ({ section }, { ours, inspect }) =>
      isOfSample(section) &&
      taskStatus(ours, section) === 'error' &&
      sampleEnd(ours, section)?.['error'] === 'CancelledError' &&
      (sampleEnd(inspect, section)?.['error'] ?? 'CancelledError') === 'CancelledError',
  },
  {
    name: 'all events of failed attempts',
    reason:
      'Inspect keeps those of a failed attempt from its last call of a model on; our logs keep all, so that a replay tells ' +
      'what was told live.',
    matches: ({ section, field, inspect }) =>
      / before retry \d+$/.test(section) && field === '' && inspect === undefined,
  },
  {
    name: 'no log messages of Python',
    reason: 'Inspect puts what its parts write to the log of Python into transcripts; ours go to the report.',
    matches: ({ what, field, ours }) => what === 'logger' && field === '' && ours === undefined,
  },
  {
    name: 'no probing of sandboxes',
    reason: 'Inspect runs a command in each sandbox that has started; ours are functions of the user.',
    matches: ({ section, what, field, ours }) =>
      section.endsWith(' events') && what === 'sandbox' && field === '' && ours === undefined,
  },
  {
    name: 'models without settings of their own',
    reason:
      'Models of the recorded runs were made with settings; ours get them from the run, whose plan names them then.',
    matches: ({ what, field, inspect }) =>
      what === 'task_start' && field.startsWith('plan.config.') && inspect === undefined,
  },
  {
    name: 'lone surrogates are streamed',
    reason: "Inspect's database of running samples cannot take them, so that hooks do not get such an event.",
    matches: ({ section, what, field, inspect }, { ours }) =>
      section.endsWith(' deliveries') &&
      field === '' &&
      inspect === undefined &&
      hasLoneSurrogate(find(ours, `${sampleOf(section)} events`, what)),
  },
  {
    name: 'words of graders',
    reason: 'Prompts of graders are our own; they ask the same in other words.',
    matches: ({ field, ours, inspect }) =>
      /input\[0\]\.content$|grading\[0\]\.content$/.test(field) && [ours, inspect].every((text) => isGrading(text)),
  },
  {
    name: 'words about choices',
    reason: 'Errors, and explanations of scores whose choices were in another order, say the same in other words.',
    matches: ({ ours, inspect }) =>
      (/^Error\(['"](multiple_choice|the target) /.test(String(ours)) &&
        String(inspect).includes('hoice scorer target')) ||
      (String(ours).includes('needs samples with choices') &&
        String(inspect).includes('requires samples with choices')) ||
      (String(ours).startsWith('The choices were shown in another order:') &&
        String(inspect).startsWith('Choices were shuffled before generating a response')),
  },
  {
    name: 'the error that used up all retries',
    reason:
      "Inspect shows the error of its retry library, which names the address of an object; ours is the model's own.",
    matches: ({ inspect }) => typeof inspect === 'string' && inspect.startsWith('RetryError(<Future at 0x'),
  },
  {
    name: 'an answer without any choice',
    reason: 'Both fail; Inspect by an index out of range.',
    matches: ({ inspect }) => inspect === "IndexError('list index out of range')",
  },
  {
    name: 'errors as Python shows them',
    reason:
      'Its errors of files have a number and no file, an empty message is shown, and StopIteration is another error.',
    matches: ({ ours, inspect }) =>
      typeof ours === 'string' &&
      typeof inspect === 'string' &&
      (ours.replace(/\(\)$/, "('')") === inspect ||
        (fileError.test(ours) && inspect.startsWith(`${fileError.exec(ours)![1]}(`)) ||
        (ours.startsWith('StopIteration(') && inspect === "RuntimeError('coroutine raised StopIteration')")),
  },
  {
    name: 'ValueError of a tool',
    reason:
      'It escapes Inspect where it looks after errors of tools, so that its event tells of a call beside it that was none.',
    matches: ({ section, what, field, ours }, { inspect }) =>
      ours === undefined &&
      ((what === 'info' && field === '') || (what.startsWith('tool ') && field === 'error')) &&
      JSON.stringify(inspect.get(`${sampleOf(section)} events`)).includes('a parallel sibling tool call raised'),
  },
  {
    name: 'TimeoutError of a solver',
    reason:
      'In Inspect it ends the solvers, and the sample goes on as if nothing had happened. Ours is an error as any other: it is what fetch throws.',
    matches: (_, { scenario: { tasks } }) =>
      tasks.some(({ setup = [], solver = [] }) =>
        [...setup, ...solver].some((step) => JSON.stringify(failures(step)).includes('TimeoutError')),
      ),
  },
  {
    name: 'results of scores that solvers set',
    reason: 'Inspect has none where all samples were taken over from an earlier log; ours has what is in their scores.',
    matches: ({ field, ours, inspect }, { scenario: { tasks } }) =>
      field.endsWith('results.scores') &&
      JSON.stringify(tasks).includes('"set_scores"') &&
      isDeepStrictEqual((ours as unknown[]).slice(0, (inspect as unknown[]).length), inspect),
  },
  {
    name: 'samples that a set has not run',
    reason:
      'Inspect counts the samples of a log that is there, and takes others for as many; ours looks which they are, and runs those that are new.',
    matches: ({ ours, inspect, field }, { scenario: { runs = [] } }) =>
      field === '' &&
      ours !== undefined &&
      inspect === undefined &&
      runs.filter(({ eval_set: set }) => set?.sample_id !== undefined || Array.isArray(set?.limit)).length > 1,
  },
  {
    name: 'words for wrong options',
    reason:
      'An option that cannot be is an EvalspanError that says what to do, where Inspect has errors of several classes.',
    matches: ({ field, ours, inspect }, views) =>
      (/^exception\.(type|message)$/.test(field) &&
        find(views.ours, 'runs', 'run_end')?.['exception']?.type === 'EvalspanError') ||
      (String(ours).startsWith('EvalspanError(') &&
        /^(ValueError|TypeError|PrerequisiteError)\(/.test(String(inspect))),
  },
  {
    name: 'events after a limit of SampleEvent',
    reason:
      'When that hook raises a limit after the solvers, Inspect drops what still waits to be delivered; ours gives all.',
    matches: ({ section, field, inspect }, { scenario }) =>
      section.endsWith(' deliveries') &&
      field === '' &&
      inspect === undefined &&
      (scenario.hooks ?? []).some(({ on, raise }) => on === 'on_sample_event' && raise?.type === 'LimitExceededError'),
  },
  {
    name: 'words of wrong arguments',
    reason: 'What is wrong with the arguments of a tool is said by the library of its schema.',
    matches: ({ field, ours, inspect }) =>
      field.endsWith('error.message') && [ours, inspect].every((text) => wrongArguments.test(String(text))),
  },
  {
    name: 'a limit raised by TaskEnd',
    reason:
      'In Inspect the log is finished a second time, which fails with a KeyError that only the caller sees; ours is an ' +
      'error of the run, as at every other hook of a run.',
    matches: ({ section, what, field, ours, inspect }, views) =>
      section === 'runs' &&
      what === 'run_end' &&
      (field === 'exception' || field === 'logs') &&
      find(views.ours, 'runs', 'run_end')?.['exception']?.type === 'LimitExceededError' &&
      (field === 'exception'
        ? ours !== undefined && inspect === undefined
        : JSON.stringify(inspect).includes('KeyError(')),
  },
  {
    name: 'order of tasks that begin at the same time',
    reason: 'Whose log is there first is a matter of chance.',
    matches: ({ section, what, field }, views) =>
      section === 'runs' &&
      what.startsWith('task_start ') &&
      field === '' &&
      isSameSet(section, views) &&
      [...views.ours.values()].flat().some(({ details }) => details['config']?.max_tasks > 1),
  },
  {
    name: 'order of tools that run at the same time',
    reason: 'Their events come as the event loop has it.',
    matches: ({ section, what, field, ours, inspect }, views) =>
      / (events|deliveries)$/.test(section) &&
      /^(span_begin tool|span_end|tool) ?/.test(what) &&
      (field === 'of' || (field === '' && (ours === undefined || inspect === undefined))) &&
      isReordered(section, views),
  },
]

const fileError = /^(PermissionError|FileNotFoundError|IsADirectoryError)\(/
const wrongArguments = /^Found \d+ validation errors parsing tool input arguments:\n/

function isFailed({ status }: Fields): boolean {
  return status === 'error' || status === 'cancelled'
}

function isGrading(text: unknown): boolean {
  return typeof text === 'string' && text.includes('[BEGIN DATA]')
}

function hasLoneSurrogate(value: unknown): boolean {
  // As JSON alone has them escaped.
  return /\\ud[89a-f]/.test(JSON.stringify(value) ?? '')
}
