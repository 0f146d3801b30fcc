import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { folderOf, fullPath, localPath, schemeOf } from '../../src/files/paths.ts'
import { shownPath } from '../../src/files/shown-path.ts'

describe('a path', () => {
  it('has a scheme, or lies on the disk', () => {
    const schemes = ['s3://logs/a.eval', 'HTTPS://host/a.eval', 'ftp://host/a.eval'].map(schemeOf)
    expect(schemes).toEqual(['s3', 'https', 'ftp'])
    const local = ['logs/a.eval', 'C:\\logs\\a.eval', 'C:/logs/a.eval', 'file:///logs/a.eval', '/s3://a', 'a:b', '']
    expect(local.map(schemeOf)).toEqual(local.map(() => undefined))
  })

  it('is whole on the disk, and elsewhere as it is', () => {
    expect(fullPath('logs/../a.eval')).toBe(resolve('a.eval'))
    expect(fullPath(pathToFileURL('a b.eval').href)).toBe(resolve('a b.eval'))
    expect(fullPath('s3://logs/../a.eval')).toBe('s3://logs/../a.eval')
    expect(localPath('a%20b.eval')).toBe('a%20b.eval')
  })

  it('is in a folder, which has nothing secret in it', () => {
    const paths = [
      '/logs/a.eval',
      's3://logs/runs/a?b.eval',
      's3://logs/a.eval',
      'https://me:secret@host:8080/runs/a.eval?signature=a/b#c',
      'https://host/a.eval',
    ]
    expect(paths.map(folderOf)).toEqual([
      '/logs',
      's3://logs/runs',
      's3://logs',
      'https://host:8080/runs',
      'https://host',
    ])
  })

  it('is shown without what may be secret', () => {
    const paths = [
      'https://me:p@ss@host/a.eval?X-Amz-Signature=secret#part',
      'http://host/a@b.eval',
      's3://logs/a?b=c@d.eval',
      'logs/a?b.eval',
    ]
    expect(paths.map(shownPath)).toEqual([
      'https://***@host/a.eval?***',
      'http://host/a@b.eval',
      's3://logs/a?b=c@d.eval',
      'logs/a?b.eval',
    ])
  })
})
