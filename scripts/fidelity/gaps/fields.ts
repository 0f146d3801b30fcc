import { isFields, type Fields } from '../../../src/inspect/fields.ts'
import { asLogged } from '../as-logged.ts'
import { contentOf, messageContent, removedMedia } from '../content.ts'
import type { Finding } from '../finding.ts'
import { eventsOf, isStripped, type Scene } from '../scene.ts'
import { isField, withSummary, type Gap } from './gap.ts'

/** Fields of hooks of which a log holds the rest. */
export const fieldGaps: readonly Gap[] = [
  {
    name: '`sample_id` of `on_before_model_generate`',
    reason: 'It is a random id that Inspect writes nowhere else.',
    covers: (finding) =>
      isField(finding, ['onBeforeModelGenerate'], 'sample_id') &&
      typeof finding.live === 'string' &&
      finding.replayed === null,
  },
  {
    name: 'the id of a message in the input of a model',
    reason: 'Messages that differ in their id alone are stored once, under the id of one of them.',
    covers: (finding, scene) =>
      isField(
        finding,
        ['onBeforeModelGenerate', 'onSampleEvent', 'onSampleEnd'],
        /^(?:event\.|sample\.events\[\d+\]\.)?input\[\d+\]\.id$/,
      ) && isOtherOccurrence(finding, scene),
  },
  {
    name: 'what a hook added to the input or the settings of a model call',
    reason: 'A log has what was sent; hooks that were called before the one that added it did not see it.',
    covers: (finding, scene) =>
      isField(finding, ['onBeforeModelGenerate'], /^(?:input\[\d+\]|config\.\w+)$/) &&
      finding.live === undefined &&
      wasSent(finding, scene),
  },
  {
    name: 'lone surrogates',
    reason: 'They are written as the six characters of their escape, which cannot be told from such a text.',
    covers: ({ kind, live, replayed }) =>
      kind === 'field' && typeof live === 'string' && !live.isWellFormed() && asLogged(live) === replayed,
  },
  {
    name: 'media of a run that was told to log none',
    reason: 'Inspect puts `<base64-data-removed>` into the log instead.',
    covers: ({ kind, live, replayed, fired }, scene) =>
      kind === 'field' &&
      typeof live === 'string' &&
      replayed === removedMedia &&
      scene.headerOf(fired.live!)?.eval.config['log_images'] === false,
  },
  {
    name: 'an empty list of tool calls',
    reason: 'Of a message whose content is a list Inspect writes it as none.',
    covers: ({ kind, path, live, replayed, fired }) =>
      kind === 'field' &&
      path.endsWith('.tool_calls') &&
      Array.isArray(live) &&
      live.length === 0 &&
      replayed === undefined &&
      Array.isArray(messageAt(fired.live!.data, path)?.['content']),
  },
  {
    name: 'what a sample had whose content could not be written',
    reason: 'Inspect writes the sample without it, with an error of its own or a longer one.',
    covers: (finding, scene) =>
      (isField(finding, ['onSampleAttemptEnd'], /^error(?:\.|$)/) ||
        isField(finding, withSummary, /^summary\.metadata\./)) &&
      isStripped(scene.loggedSampleOf(finding.fired.live!)),
  },
  {
    name: '`exception` of `on_run_end`',
    reason: 'What ended a run from outside of its tasks is in no log.',
    covers: (finding) =>
      isField(finding, ['onRunEnd'], 'exception') && isFields(finding.live) && finding.replayed === null,
  },
  {
    name: 'the log that Inspect makes up when a hook of `on_task_end` raised',
    reason: 'The log was written before, and tells how the task ended.',
    covers: (finding, scene) => isField(finding, ['onRunEnd'], /^logs\[\d+\]\./) && isMadeUp(finding, scene),
  },
  {
    name: '`log_dir` of an eval set',
    reason: 'A log does not say where it was written, and logs are moved.',
    covers: (finding, scene) =>
      isField(finding, ['onEvalSetStart', 'onEvalSetEnd'], 'log_dir') &&
      typeof finding.live === 'string' &&
      scene.live.every(({ data }) => data['log_dir'] === undefined || data['log_dir'] === finding.live),
  },
  {
    name: 'the uuid that a sample began with, where a solver gave it another',
    reason: 'A log has the one that the sample ended with.',
    covers: ({ kind, path, live, replayed, fired }, scene) =>
      kind === 'field' &&
      /^(?:sample_id|summary\.uuid)$/.test(path) &&
      fired.live!.sample === replayed &&
      scene.liveOf(fired.live!).some(({ hook, data }) => hook === 'onSampleInit' && data['sample_id'] === live) &&
      live !== replayed,
  },
  {
    name: 'references to long texts',
    reason:
      'Some events reach the hooks with references in the place of texts: of errors of earlier attempts at a task, of runs without a buffer, or moved out of memory. A replay has the texts.',
    covers: (finding, scene) =>
      isTextOfReference(finding) ||
      (isField(finding, ['onSampleEnd'], /^sample\.(?:error_retries\[\d+\]\.)?events\[\d+\]\./) &&
        isReference(finding.live) &&
        typeof finding.replayed === 'string' &&
        !isReference(finding.replayed) &&
        isLeftCondensed(finding, scene)),
  },
  {
    name: 'the eval, and its run, that a sample first ran in, where its log was removed',
    reason: 'What is left is the log of the next attempt at the task, which took the finished sample over.',
    covers: ({ kind, path, fired: { live, replayed } }) =>
      kind === 'field' &&
      (path === 'eval_id' || path === 'run_id') &&
      live!.evalId !== live!.data['eval_id'] &&
      live!.evalId === replayed!.data['eval_id'],
  },
  {
    name: 'logs that were removed, in what `on_run_end` has',
    reason: 'Inspect removes the logs of earlier attempts when an eval set is done.',
    covers: (finding, scene) =>
      isField(finding, ['onRunEnd'], /^logs\[\d+\]$/) &&
      isFields(finding.live) &&
      finding.replayed === undefined &&
      isFields(finding.live['eval']) &&
      scene.isRemoved(finding.live['eval']),
  },
  {
    name: 'empty `solver_args_passed`',
    reason: 'Inspect adds it when it reads a log back, and writes it when it writes such a log again.',
    covers: (finding) =>
      isField(finding, ['onTaskEnd', 'onRunEnd'], /^(?:log|logs\[\d+\])\.eval\.solver_args_passed$/) &&
      (finding.live === undefined || finding.replayed === undefined) &&
      contentOf(finding.live ?? finding.replayed) === '{}',
  },
  {
    name: 'NaN in the spec of `on_task_start`',
    reason: 'The log has it; Inspect gives null for it to who records the hook.',
    covers: (finding) =>
      isField(finding, ['onTaskStart'], /^(?:spec|plan)\./) &&
      finding.live === null &&
      typeof finding.replayed === 'number' &&
      !Number.isFinite(finding.replayed),
  },
]

/** Both ids belong to messages with this content, and the live one was seen at more than this one place. */
function isOtherOccurrence({ path, live, replayed, fired }: Finding, scene: Scene): boolean {
  const [message, other] = [messageAt(fired.live!.data, path), messageAt(fired.replayed!.data, path)]
  if (messageContent(message) !== messageContent(other)) return false
  const ids = scene.idsOf(messageContent(message))
  return (ids.get(String(live)) ?? 0) > 1 && (ids.get(String(replayed)) ?? 0) > 0
}

function messageAt(data: Fields, path: string): Fields | undefined {
  const steps = path.split(/[.[\]]+/).slice(0, -1)
  const message = steps.reduce<unknown>(
    (value, step) => (Array.isArray(value) ? value[Number(step)] : isFields(value) ? value[step] : undefined),
    data,
  )
  return isFields(message) ? message : undefined
}

/** The live event of a call has what the hook before it had not. */
function wasSent({ fired }: Finding, scene: Scene): boolean {
  const { input, config } = fired.replayed!.data
  const sent = contentOf({ input, config })
  return scene.live.some(({ hook, data }) => {
    const event = hook === 'onSampleEvent' && isFields(data['event']) ? data['event'] : {}
    return event['event'] === 'model' && contentOf({ input: event['input'], config: event['config'] }) === sent
  })
}

function isReference(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('attachment://')
}

/** An attachment that is left for a reference outside of raw calls. */
function isTextOfReference({ path, live, replayed, fired }: Finding): boolean {
  const [, hash] = /^sample\.attachments\.(\w+)$/.exec(path) ?? []
  if (hash === undefined || typeof live !== 'string' || replayed !== undefined) return false
  const events = eventsOf(fired.live!.data['sample'] as Fields).map((event) => ({ ...event, call: undefined }))
  return contentOf(events).includes(`"attachment://${hash}"`)
}

/** The error is of before the run of this sample, or the text is no part of a raw call, which have references anyway. */
function isLeftCondensed({ path, fired }: Finding, scene: Scene): boolean {
  const isOfCall = path.includes('].call.')
  const [, retry] = /^sample\.error_retries\[(\d+)\]/.exec(path) ?? []
  if (retry === undefined) return !isOfCall
  if (isOfCall && scene.headerOf(fired.live!)?.eval.config['log_realtime'] === false) return true
  const attempts = scene.liveOf(fired.live!).filter(({ hook }) => hook === 'onSampleAttemptEnd')
  const { error_retries: retries } = fired.live!.data['sample'] as Fields
  const earlier = (retries as readonly unknown[]).length - attempts.length + 1
  return Number(retry) < earlier
}

function isMadeUp({ path, fired }: Finding, scene: Scene): boolean {
  const logs = fired.live!.data['logs'] as readonly Fields[]
  const log = logs[Number(/\d+/.exec(path)![0])]
  const stats = log && isFields(log['stats']) ? log['stats'] : {}
  const spec = log && isFields(log['eval']) ? log['eval'] : {}
  const end = scene.live.find(({ hook, data }) => hook === 'onTaskEnd' && data['eval_id'] === spec['eval_id'])
  // It knows nothing of the run.
  return log?.['status'] === 'error' && stats['started_at'] === '' && end !== undefined
}
