import { expect, it } from 'vitest'
import { shownPath } from '../../src/files/shown-path.ts'

it.each([
  ['/logs/a@b?c.eval', '/logs/a@b?c.eval'],
  ['C:\\logs\\a.eval', 'C:\\logs\\a.eval'],
  ['https://host:8080/a.eval', 'https://host:8080/a.eval'],
  ['https://host/a.eval?signature=hidden', 'https://host/a.eval?***'],
  ['https://host/a@b.eval', 'https://host/a@b.eval'],
  ['https://host/a.eval#hidden', 'https://host/a.eval?***'],
  ['https://host/a.eval?mail=me@here', 'https://host/a.eval?***'],
  ['http://me:secret@host/a.eval', 'http://***@host/a.eval'],
  ['http://me:secret@host/a.eval?signature=hidden', 'http://***@host/a.eval?***'],
  ['http://token@host/a.eval', 'http://***@host/a.eval'],
  ['ftp://me:secret@host/a.eval', 'ftp://***@host/a.eval'],
  ['s3://bucket/me@here/a?b.eval', 's3://bucket/me@here/a?b.eval'],
])('shows of %s what is no secret', (path, shown) => {
  expect(shownPath(path)).toBe(shown)
})

it.each([
  ['http://me:se/cret@host/a.eval', 'http://***@host/a.eval'],
  ['http://me:12/cret@host/a.eval', 'http://***@host/a.eval'],
  ['http://me:se@cr/et@host/a.eval', 'http://***@host/a.eval'],
  ['http://me:se?cret@host/a.eval', 'http://***'],
  ['http://me:se#cret@host/a.eval', 'http://***'],
  ['http://me:s/e?cret@host/a.eval', 'http://***'],
  ['http://to?ken@host/a.eval', 'http://***'],
  ['http://me:se@cr?et@host/a.eval', 'http://***'],
  ['ftp://me:se/cret@host/a.eval', 'ftp://***@host/a.eval'],
])('shows of %s no password, though it is not escaped', (path, shown) => {
  expect(shownPath(path)).toBe(shown)
})
