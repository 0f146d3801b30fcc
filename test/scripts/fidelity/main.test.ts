import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'evalspan-fidelity-'))))
afterEach(() => rmSync(folder, { recursive: true }))

function run(...flags: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/fidelity/main.ts', ...flags], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

function takeRun(): void {
  for (const end of ['eval', 'hooks.jsonl'])
    copyFileSync(`test/fixtures/inspect/basic.${end}`, join(folder, `basic.${end}`))
}

describe('npm run fidelity', () => {
  it('shows the table and ends with 0 when nothing differs', () => {
    takeRun()
    const { status, stdout } = run(folder)
    expect(status).toBe(0)
    expect(stdout).toMatch(/\| `on_sample_end` +\| +2 \|/)
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('0 differences, 0 errors')
  })

  it('ends with 1 when something differs, and writes the page where it is told to', () => {
    takeRun()
    const hooks = join(folder, 'basic.hooks.jsonl')
    writeFileSync(hooks, readFileSync(hooks, 'utf8').replace('"task_names": ["basic"]', '"task_names": ["other"]'))
    const { status, stdout } = run(folder, '--write', join(folder, 'page.md'))
    expect(status).toBe(1)
    expect(stdout).toContain('task_names[0] was "other" live, and is "basic" on replay')
    expect(readFileSync(join(folder, 'page.md'), 'utf8')).toContain('| `on_run_start`')
  })

  it('ends with 1 when a log is missing', () => {
    takeRun()
    rmSync(join(folder, 'basic.eval'))
    const { status, stderr } = run(folder)
    expect(status).toBe(1)
    expect(stderr).toContain('basic.hooks.jsonl: its log is missing')
  })

  it.each([[[]], [['nowhere']], [['src']]])('ends with 2 when there is nothing to compare: %j', (flags) => {
    expect(run(...flags).status).toBe(2)
  })
})
