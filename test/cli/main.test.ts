import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const basic = join(import.meta.dirname, '../fixtures/inspect/basic.eval')

function shell(command: string, variables: Record<string, string> = {}) {
  const env = {
    EVALSPAN_OUTBOX: 'none',
    ...variables,
    PATH: process.env['PATH'] ?? '',
    NODE: process.execPath,
    MAIN: main,
    LOG: basic,
  }
  return promisify(execFile)('/bin/sh', ['-c', command], { env })
}

describe('the program', () => {
  it('passes the exit code on', async () => {
    await expect(shell('"$NODE" "$MAIN" replay nowhere.eval')).rejects.toMatchObject({
      code: 1,
      stderr: 'error: nowhere.eval: no such file or folder\n',
    })
  })

  it('ends quietly when its reader goes away', async () => {
    const command = `"$NODE" "$MAIN" replay "$LOG" --events - | head -n 1 | cut -c 1-22`
    expect(await shell(command)).toEqual({ stdout: '{"hook":"on_run_start"\n', stderr: '' })
    expect(await shell('"$NODE" "$MAIN" --help | true')).toEqual({ stdout: '', stderr: '' })
  })

  it('gives up what waits after Ctrl-C, says so, and exits with the code of the signal', async () => {
    const silent = createServer()
    silent.once('request', () => child.kill('SIGINT'))
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      EVALSPAN_FLUSH_TIMEOUT: '0.5',
      EVALSPAN_OUTBOX: 'none',
    }
    const child = spawn(process.execPath, [main, 'replay', basic], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const output = child.stdout.toArray()
    const [exitCode] = (await once(child, 'exit')) as [number]
    expect(exitCode).toBe(130)
    expect(Buffer.concat(await output).toString()).toMatch(/20 produced = +0 delivered \+ 0 waiting .* 20 dropped/)
    silent.closeAllConnections()
    silent.close()
  })

  it.skipIf(!existsSync('/dev/full'))('says so when standard output is on a full disk, and exits with 1', async () => {
    await expect(shell('"$NODE" "$MAIN" demo > /dev/full')).rejects.toMatchObject({
      code: 1,
      stderr: 'error: standard output is incomplete: ENOSPC: no space left on device, write\n',
    })
  })

  it('keeps its account when a hook lets go of a promise that fails', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'evalspan-main-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'loose.mjs'), "Promise.reject(new Error('posting failed'))")
    const command = 'EVALSPAN_PLUGINS="$PLUGIN" "$NODE" "$MAIN" replay "$LOG"'
    await expect(shell(command, { PLUGIN: join(folder, 'loose.mjs') })).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Nothing was sent') as string,
      stderr:
        'error: something that nobody waits for failed, most likely in a hook, a solver or a tool: posting failed\n',
    })
  })

  it('has its logs and its account when something is thrown where nobody catches it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'evalspan-main-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'astray.eval.mjs')
    writeFileSync(
      file,
      `import { mockModel, task } from '${new URL('../../src/index.ts', import.meta.url).href}'
       const solver = (state) => {
         setTimeout(() => { throw new Error('astray') }, 10)
         return new Promise(() => {})
       }
       export default task({ name: 'astray', dataset: [{ input: 'Hi' }], model: mockModel([]), solver })`,
    )
    const command = `cd "$FOLDER" && "$NODE" "$MAIN" eval "$FILE" --log-dir .`
    await expect(shell(command, { FOLDER: folder, FILE: file })).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/astray {2}mockllm\/model {2}cancelled\n.*\.eval\n/s) as string,
      stderr: expect.stringMatching(/^error: thrown where nobody catches it: Error: astray\n/) as string,
    })
  })

  it('comes to its end whatever a hook waits for or leaves behind, and obeys Ctrl-C at once then', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'evalspan-main-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const plugin = join(folder, 'stuck.mjs')
    writeFileSync(
      plugin,
      `import { Hooks, hooks } from '${new URL('../../src/index.ts', import.meta.url).href}'
       setInterval(() => {}, 1000)
       hooks('stuck', 'Waits for ever')(class extends Hooks {
         static replay = true
         onRunStart() { return new Promise(() => {}) }
       })`,
    )
    const env = { EVALSPAN_PLUGINS: plugin, EVALSPAN_FLUSH_TIMEOUT: '0.2', EVALSPAN_OUTBOX: 'none' }
    const child = spawn(process.execPath, [main, 'replay', basic], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const errors = child.stderr.toArray()
    const [account] = (await once(child.stdout, 'data')) as [Buffer]
    expect(account.toString()).toContain('Nothing was sent, because no destination is on.')
    await sleep(100)
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([null, 'SIGINT'])
    expect(Buffer.concat(await errors).toString()).toBe(
      'evalspan 0.1.0: hooks on: stuck (Waits for ever)\n' +
        "hook 'stuck' failed in onRunStart: it did not come back within 1 s, and gets no more events\n",
    )
  })
})
