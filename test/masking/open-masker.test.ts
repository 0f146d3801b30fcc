import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSession } from '../../src/builtin.ts'
import { Registry } from '../../src/hooks/registry.ts'
import { openMasker } from '../../src/open-masker.ts'
import { spanHooks } from '../../src/span-hooks.ts'

let cwd: string
let reports: string[]
beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), 'evalspan-mask-')))
  reports = []
})
afterEach(() => rm(cwd, { recursive: true }))

async function write(files: { readonly [path: string]: string }): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, path)), { recursive: true })
    await writeFile(join(cwd, path), text)
  }
}

function masker(modules: string): ReturnType<typeof openMasker> {
  return openMasker({ cwd, env: { EVALSPAN_MASK: modules }, report: (message) => reports.push(message) })
}

const shout = 'export default (value, { name }) => `${value.toUpperCase()}/${name}`'

describe('EVALSPAN_MASK', () => {
  it.each([
    ['./mask.mjs', { 'mask.mjs': shout }],
    [
      './mask.ts',
      {
        'mask.ts':
          'export default (value: string, { name }: { name?: string }): string => `${value.toUpperCase()}/${name}`',
      },
    ],
    ['./mask.cjs', { 'mask.cjs': 'module.exports = (value, { name }) => `${value.toUpperCase()}/${name}`' }],
    ['./mask.cjs', { 'mask.cjs': 'exports.default = (value, { name }) => `${value.toUpperCase()}/${name}`' }],
    [
      'my-mask',
      {
        'node_modules/my-mask/package.json':
          '{"type":"module","exports":{".":{"types":"./x.d.ts","import":"./lib/mask.js"}}}',
        'node_modules/my-mask/lib/mask.js': shout,
      },
    ],
    [
      '@me/mask',
      {
        'node_modules/@me/mask/package.json': '{"type":"module","main":"mask"}',
        'node_modules/@me/mask/mask.js': shout,
      },
    ],
    [
      'plain',
      { 'node_modules/plain/package.json': '{}', 'node_modules/plain/index.js': `module.exports = ${shout.slice(15)}` },
    ],
  ])('names a module: %s', async (entry, files) => {
    await write(files)
    expect(masker(entry).text('abc', 'field')).toBe('ABC/field')
  })

  it('names several, which are called one after another with what the built-in masking left', async () => {
    await write({
      'a.mjs': 'export default (value) => `${value} a`',
      'b.mjs': 'export default (value) => `${value} b`',
    })
    expect(masker('./a.mjs, ./b.mjs').text('key AKIAABCDEFGHIJKLMNOP')).toBe('key [masked] a b')
  })

  it.each([
    ['./gone.mjs', {}, 'is no file: correct the path, which is relative to the working folder'],
    ['gone', {}, 'no such package is installed for'],
    ['a/b.mjs', {}, 'it is neither the name of a package nor a path: a path begins with ./ or /'],
    ['./raises.mjs', { 'raises.mjs': 'throw new Error("not today")' }, 'not today'],
    ['./awaits.mjs', { 'awaits.mjs': 'await 1\nexport default (value) => value' }, 'it awaits at its top level'],
    ['./named.mjs', { 'named.mjs': 'export const mask = (value) => value' }, 'its default export is no function'],
  ])('ends everything when %s cannot be used', async (entry, files, reason) => {
    await write(files)
    const message = expect.stringMatching(new RegExp(`^EVALSPAN_MASK: '${entry}' cannot be used: .*${reason}`, 's'))
    const error = { code: 'BAD_OPTION', message }
    expect(() => masker(entry)).toThrow(expect.objectContaining(error))

    process.env['EVALSPAN_MASK'] = entry.replace('./', `${cwd}/`)
    try {
      await expect(openSession({ host: 'evalspan', cwd, registry: new Registry() })).rejects.toMatchObject({
        code: 'BAD_OPTION',
      })
      expect(() => spanHooks({ spanProcessors: [] })).toThrow('EVALSPAN_MASK')
    } finally {
      delete process.env['EVALSPAN_MASK']
    }
  })

  it('withholds what its module fails on, and says so once, without the message, which may quote them', async () => {
    await write({
      'picky.mjs': `export default (value) => {
        if (value === 'throw') throw new Error('no AKIAABCDEFGHIJKLMNOP')
        if (value === 'promise') return Promise.reject(new Error('later'))
        return value === 'number' ? 1 : value
      }`,
    })
    const { text } = bound(masker('./picky.mjs'))
    expect(['throw', 'fine', 'promise', 'number', 'throw'].map((value) => text(value))).toEqual([
      '[withheld]',
      'fine',
      '[withheld]',
      '[withheld]',
      '[withheld]',
    ])
    expect(reports).toEqual([
      "mask './picky.mjs' threw Error at picky.mjs:2:38; the values it fails on are sent as [withheld]",
    ])
  })

  it('leaves the times and kinds of events readable', async () => {
    await write({ 'none.mjs': 'export default () => { throw new Error("never") }' })
    const event = {
      event: 'info',
      timestamp: '2026-11-21T05:56:09.518245+00:00',
      data: ['a', { b: 'c', n: 1 }],
      ok: true,
    }
    expect(masker('./none.mjs').data(event)).toEqual({
      ...event,
      data: ['[withheld]', { b: '[withheld]', n: 1 }],
    })
  })
})

function bound(given: ReturnType<typeof openMasker>): { text: (value: string) => string } {
  return { text: (value) => given.text(value) }
}
