import { expect, it } from 'vitest'
import { base57 } from '../../src/inspect/base57.ts'
import { shortUuid } from '../../src/runner/short-uuid.ts'

it('writes a UUID as the library of Inspect does', () => {
  // shortuuid.encode of Python's shortuuid 1.0.13, which Inspect uses.
  expect(
    ['00000000000000000000000000000001', '12345678123456781234567812345678', 'ffffffffffffffffffffffffffffffff'].map(
      (hex) => base57(Buffer.from(hex, 'hex')),
    ),
  ).toEqual(['2222222222222222222223', '5FdNqEYASQvT6ZhBtUuVoV', 'oZEq7ovRbLq6UnGMPwc8B5'])
})

it('gives another id each time, of 22 characters', () => {
  const ids = Array.from({ length: 100 }, shortUuid)

  expect(new Set(ids).size).toBe(100)
  expect(ids.filter((id) => !/^[2-9A-HJ-NP-Za-km-z]{22}$/.test(id))).toEqual([])
})
