import { expect, it } from 'vitest'
import { LongEval } from '../runner/killed-eval.ts'
import { OutboxScene } from './outbox-scene.ts'

interface Span {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
}

function spansOf(scene: OutboxScene): Span[] {
  return scene.receiver.parts('traces') as unknown as Span[]
}

/** What came of samples whose own ends did not. */
function namesOfOpen(spans: readonly Span[]): Set<string> {
  const ended = new Set(spans.filter(({ name }) => name.startsWith('eval_sample')).map(({ traceId }) => traceId))
  return new Set(spans.filter(({ traceId }) => !ended.has(traceId)).map(({ name }) => name))
}

it('an eval is seen while it runs, and when it was killed, each span once', { timeout: 60_000 }, async () => {
  await using scene = await OutboxScene.open()
  const running = new LongEval()
  await running.until(2)
  expect((await scene.run(['watch', '--once', running.folder])).stderr).toBe('')
  const first = spansOf(scene)
  expect([...namesOfOpen(first)]).toContain('chat model')
  await running.until(8)
  await running.kill()
  const { exitCode, stdout, stderr } = await scene.run(['replay', running.folder])
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(/^1 task and [12] samples? (has|have) no end in this input; /)
  expect(stdout).toMatch(/beside that: \d+ drafts \(begun, not ended\)/)
  expect(stdout).not.toContain('superseded')
  const all = spansOf(scene)
  expect(new Set(all.map(({ traceId, spanId }) => traceId + spanId)).size).toBe(all.length)
  expect(all.filter(({ name }) => name.startsWith('eval_sample')).length).toBeGreaterThan(0)
  expect(all.filter(({ name }) => name === 'eval_task' || name === 'eval_run')).toEqual([])
  await scene.run(['replay', running.folder])
  expect(spansOf(scene)).toHaveLength(all.length)
  await scene.run(['replay', running.folder, '--seal'])
  expect(namesOfOpen(spansOf(scene))).toEqual(new Set(['eval_task long', 'eval_run']))
})
