import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const folder = join(import.meta.dirname, '../../../src/delivery/outbox')

it('SQL has no numbered parameters, which Node 22.18 cannot bind (“column index out of range”)', () => {
  const files = readdirSync(folder).filter((name) => /\?\d/.test(readFileSync(join(folder, name), 'utf8')))
  expect(files).toEqual([])
})
