import { expect, it, vi } from 'vitest'
import { basic, down, OutboxScene } from '../cli/outbox-scene.ts'

it('bounds what waits in memory as it is told to', async () => {
  await using scene = await OutboxScene.open()
  scene.answer(down)
  vi.stubEnv('EVALSPAN_OUTBOX', 'none')
  vi.stubEnv('EVALSPAN_OUTBOX_MAX_BYTES', '1K')
  const { stdout } = await scene.run(['replay', basic])
  expect(stdout).toMatch(/ dropped: more than .* were waiting \(EVALSPAN_OUTBOX_MAX_BYTES\)/)
})
