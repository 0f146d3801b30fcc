/**
 * Installs this package in an empty project, as `npm install` would, and runs use.js there.
 * Run it after `npm run build`: node examples/lazy-hook-package/run.ts
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const here = import.meta.dirname
const project = mkdtempSync(join(tmpdir(), 'evalspan-example-'))
try {
  const dependencies = { evalspan: '*', 'lazy-hook-package': '*' }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module', dependencies }))
  mkdirSync(join(project, 'node_modules'))
  symlinkSync(join(here, '../..'), join(project, 'node_modules/evalspan'), 'junction')
  cpSync(here, join(project, 'node_modules/lazy-hook-package'), { recursive: true })
  cpSync(join(here, 'use.js'), join(project, 'main.js'))
  const { status } = spawnSync(process.execPath, ['main.js'], { cwd: project, stdio: 'inherit' })
  process.exitCode = status ?? 1
} finally {
  rmSync(project, { recursive: true })
}
