import { hash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Item } from '../../src/delivery/item.ts'
import type { HookEvent } from '../../src/hooks/hooks.ts'
import { Masker, type Mask } from '../../src/masking/masker.ts'
import { sealedDraft } from '../../src/telemetry/finish.ts'
import { sampleTraceId, spanId } from '../../src/telemetry/ids.ts'
import { draftOf, type OpenSpan } from '../../src/telemetry/mapped.ts'
import { Mapping } from '../../src/telemetry/mapping.ts'
import { telemetrySettings } from '../../src/telemetry/settings.ts'
import { parseTime } from '../../src/time.ts'
import { begin, fire, model, sampleIds, sampleOf, solving, spec, summary } from './stream.ts'

const secret = 'correct-horse'

function map(
  events: readonly HookEvent[],
  env: NodeJS.ProcessEnv = {},
  mask?: Mask,
): { items: Item[]; open: OpenSpan[] } {
  const masks = mask ? [{ name: 'own', mask }] : []
  const mapping = new Mapping(telemetrySettings(env, new Masker({ env: { MY_TOKEN: secret }, masks })))
  const mapped = events.map((event) => mapping.map(event))
  return { items: mapped.flatMap(({ items }) => items), open: mapped.flatMap(({ open }) => open) }
}

const started = [
  fire('onRunStart', { run_id: 'run1', task_names: ['sums'] }, 0),
  fire('onTaskStart', { run_id: 'run1', eval_id: 'eval1', spec: { ...spec, task: `sums ${secret}` } }, 0),
  fire('onSampleInit', { ...sampleIds, summary }, 0.5),
  fire('onSampleAttemptStart', { ...sampleIds, summary, attempt: 1 }, 1),
  fire('onSampleEvent', { ...sampleIds, event: begin('solvers', `solvers ${secret}`, 'solvers', 1) }, 1),
]
const scores = { [`judge ${secret}`]: { value: 'C' }, [`judge ${secret}${secret}`]: { value: 'I' } }
const error = { message: `KeyError('${secret}')`, traceback: '', traceback_ansi: '' }
const ended = [
  ...started,
  fire('onSampleEnd', { ...sampleIds, sample: sampleOf(solving([model('m1', 2, 4)]), { scores, error }) }, 10),
]
const subject = { task: 'sums [masked]', sample: '1', epoch: 1, uuid: 'uuid1' }

describe('an item', () => {
  it('is masked before its JSON text, its digest and its size are made', () => {
    const { items } = map(ended)
    expect(JSON.stringify(items)).not.toContain(secret)
    expect(
      items.filter(({ kind }) => kind !== 'mark').map(({ json, digest, size }) => ({ json, digest, size })),
    ).toEqual(
      items.flatMap(({ kind, body }) => {
        const json = JSON.stringify(body)
        return kind === 'mark' ? [] : [{ json, digest: hash('sha1', json, 'hex').slice(0, 16), size: json.length }]
      }),
    )
  })

  it('says of a sample what people call it, on its root alone', () => {
    const { items } = map(ended)
    const called = items.filter((item) => item.subject)
    expect(called.map(({ kind, id, subject: name }) => [kind, id, name])).toEqual([
      ['span', spanId(sampleTraceId('uuid1'), 'eval_sample', 'uuid1'), subject],
    ])
  })

  it('keeps an id of its own, though names in it are masked', () => {
    const ids = map(ended).items.flatMap(({ kind, id }) => (kind === 'log' ? [id] : []))
    expect(ids.map((id) => id.replace(/[0-9a-f]{16}$/, '…'))).toEqual([
      'result|judge [masked]|…',
      'result|judge [masked][masked]|…',
    ])
    expect(new Set(ids).size).toBe(2)
    expect(map(ended).items.map(({ id }) => id)).toEqual(map(ended).items.map(({ id }) => id))
  })

  it('is given to masks of one’s own with the names of its attributes, without its ids', () => {
    const seen = new Map<string | undefined, string>()
    const { items } = map(ended, {}, (value, { name }) => {
      seen.set(name, value)
      return name === 'gen_ai.request.model' ? 'some model' : value
    })
    expect([...seen].filter(([, value]) => /^[0-9a-f]{16}([0-9a-f]{16})?$/.test(value))).toEqual([])
    expect([seen.get('gen_ai.provider.name'), seen.get('exception.message'), seen.get('sample')]).toEqual([
      'openai',
      "KeyError('[masked]')",
      '1',
    ])
    const models = items.flatMap(({ measurements = [] }) =>
      measurements.flatMap((each) => each.attributes['gen_ai.request.model'] ?? []),
    )
    expect(new Set(models)).toEqual(new Set(['some model']))
  })

  it('stays in its trace when a mask of one’s own fails on everything', () => {
    const { items, open } = map(ended, {}, () => {
      throw new Error('never')
    })
    const plain = new Mapping(telemetrySettings({}))
    const usual = ended.flatMap((event) => plain.map(event).items)
    expect(items.flatMap(({ kind, object, id }) => (kind === 'log' ? [] : [[object, id]]))).toEqual(
      usual.flatMap(({ kind, object, id }) => (kind === 'log' ? [] : [[object, id]])),
    )
    expect(new Set(items.flatMap((item) => (item.kind === 'span' ? [item.body.name] : [])))).toEqual(
      new Set(['[withheld]']),
    )
    expect(new Set(open.map(({ name }) => name))).toEqual(new Set(['[withheld]']))
  })
})

describe('a draft', () => {
  const { open } = map(started)
  const drafts = open.map((span) => draftOf(span))

  it('is made of each span that has begun, masked, and says what people call a sample', () => {
    expect(drafts.map(({ object, id, time, subject: name }) => ({ object, id, time, subject: name }))).toEqual(
      open.map((span) => ({
        object: span.traceId,
        id: span.spanId,
        time: new Date(span.start[0] * 1000 + span.start[1] / 1e6),
        subject: span.name.startsWith('eval_sample') ? subject : undefined,
      })),
    )
    expect(JSON.stringify([open, drafts])).not.toContain(secret)
    expect(drafts.map(({ json }) => (JSON.parse(json) as OpenSpan).name)).toEqual([
      'eval_run',
      'eval_task sums [masked]',
      'eval_sample sums [masked]',
      'eval_attempt',
      'solvers solvers [masked]',
    ])
  })

  it('becomes a final span that is incomplete, under its own id and with its links', () => {
    const end = parseTime('2026-01-01T12:01:00Z')!
    const root = drafts.find((draft) => draft.subject)!
    const item = sealedDraft(root.json, end)
    const begun = open.find(({ spanId: id }) => id === root.id)!
    const { subject: _, ...span } = begun
    const body = { ...span, end, attributes: { ...span.attributes, 'eval.incomplete': true }, events: [] }
    const json = JSON.stringify(item.body)
    expect(item).toEqual({
      object: root.object,
      id: root.id,
      kind: 'span',
      time: new Date('2026-01-01T12:01:00Z'),
      rule: 'once',
      body,
      json,
      digest: hash('sha1', json, 'hex').slice(0, 16),
      size: json.length,
      measurements: [],
    })
    expect(item.body.links).toEqual([expect.objectContaining({ attributes: { 'eval.link.type': 'task' } })])
  })

  it('does not end before it began', () => {
    const [draft] = drafts
    const { body } = sealedDraft(draft!.json, [0, 0])
    expect(body.end).toEqual(body.start)
  })
})
