import { chmodSync, existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { socketPath } from '../../../src/cli/runtime-folder.ts'
import { Child, eventually, startEvalspan } from '../../faults/child-process.ts'
import { memoryOutput, run } from '../memory-context.ts'
import { exampleRun, exampleSample, exampleSnapshot, exampleTask, now } from './example.ts'
import { listenerServer, telling } from './listener-server.ts'

const hasScript = spawnSync('script', ['--version']).status === 0
const before = { ...process.env }
let folder = ''

beforeEach(() => {
  folder = mkdtempSync('/tmp/es-')
  // The listeners of whoever runs the tests are in none of these.
  process.env['XDG_RUNTIME_DIR'] = folder
  process.env['TMPDIR'] = folder
})

afterEach(() => {
  process.env = { ...before }
  rmSync(folder, { recursive: true })
})

function socket(name: string): string {
  return socketPath(name, process.env)
}

const small = exampleSnapshot({
  tasks: [exampleTask()],
  samples: [exampleSample(1, { kind: 'tool', name: 'bash', since: now - 9_000 })],
  errors: [],
})

/** Another one, begun earlier. */
const other = exampleSnapshot({
  runs: [exampleRun({ id: 'run0', started: now - 1_000_000 })],
  tasks: [exampleTask({ id: 'eval9', runId: 'run0', name: 'other', started: now - 999_000, samples: { inFlight: 1 } })],
  samples: [exampleSample(-9, { kind: 'scoring' }, { taskId: 'eval9', task: 'other' })],
  errors: [],
  totals: { ...small.totals, cost: null, retries: null, rateLimited: 0, waited: 0, errors: 0 },
})

describe('evalspan top', () => {
  it('sees an eval in TypeScript, until it is killed', async () => {
    const index = join(import.meta.dirname, '../../../src/index.ts')
    const file = join(folder, 'slow.eval.ts')
    writeFileSync(
      file,
      `import { mockModel, task } from '${index}'
export default task({ name: 'slow', dataset: [{ input: 'x' }], model: mockModel(() => 'y'),
  solver: async (state) => { await new Promise((done) => setTimeout(done, 60_000)); return state } })`,
    )
    const logs = join(folder, 'logs')
    const variables = {
      XDG_RUNTIME_DIR: folder,
      TMPDIR: folder,
      HOME: folder,
      EVALSPAN_OUTBOX: 'none',
      XDG_DATA_HOME: folder,
    }
    const running = startEvalspan(['eval', file, '--log-dir', logs, '--no-console'], variables)
    const tasks = async (): Promise<unknown> => {
      const { stdout } = await run(['top', '--json'])
      const { tasks: found } = JSON.parse(stdout) as {
        tasks: readonly { name: string; samples: { inFlight: number } }[]
      }
      return found.map(({ name, samples }) => [name, samples.inFlight])
    }
    await expect.poll(tasks, { timeout: 20_000 }).toEqual([['slow', 1]])
    running.kill('SIGKILL')
    await running.ended
    expect(await tasks()).toEqual([])
  })

  it('shows once what all listeners of the user say together', async () => {
    await using servers = new AsyncDisposableStack()
    await serve(servers, { 'run-12.sock': telling(small), 'listen.sock': telling(other) })
    const { exitCode, stdout, stderr } = await run(['top'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      14:05:33 · 2 runs · 2 tasks · 21 samples in flight · 4 errors
      4.69K tokens/s (1.98K over 60 s) · 2.49M in · 92.3K out · cost $3.42
      2,408 model calls · 2 cache hits · 16 retries (75% rate limit) · 6m 52s waited

      task                                           samples  in flight  failed  score             tokens   cost     time
      other  openai/gpt-4o     ████████░░░░░░░░░░░░   48/120          1       3  tests_pass 0.813   1.28M  $3.42  16m 39s
      bug_hunt  openai/gpt-4o  ████████▒▒▒░░░░░░░░░   48/120         20       3  tests_pass 0.813   1.28M  $3.42  14m 50s

         time  sample     task      now        since
      17m 13s  django--9  other     scoring       5s
      11m 03s  django-1   bug_hunt  tool bash     9s
      … 19 more
      "
    `)
  })

  it('prints the same as JSON', async () => {
    await using servers = new AsyncDisposableStack()
    await serve(servers, { 'run-12.sock': telling(small), 'listen.sock': telling(other) })
    const { stdout } = await run(['top', '--json'])
    expect(JSON.parse(stdout)).toEqual({
      ...small,
      runs: [...other.runs, ...small.runs],
      tasks: [...other.tasks, ...small.tasks],
      samples: [...other.samples, ...small.samples],
      totals: {
        inputTokens: 2_488_334,
        outputTokens: 92_260,
        cost: 3.4212,
        calls: 2_408,
        cacheHits: 2,
        retries: 16,
        rateLimited: 12,
        waited: 412_000,
        errors: 4,
        tokensPerSecond: { last10s: 4_691.2, last60s: 1_975.3 },
      },
    })
  })

  it('says when nothing runs, and how to start something', async () => {
    expect(await run(['top', '--once'])).toEqual({
      exitCode: 0,
      stdout: 'Nothing runs.\nTo see an eval here, start it like this:\n\n  evalspan run -- inspect eval task.py\n',
      stderr: '',
    })
    const { stdout } = await run(['top', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, runs: [], tasks: [], samples: [], errors: [] })
  })

  it('takes away the socket of a process that is gone, unless it may only just have begun', async () => {
    const [old, fresh] = [socket('run-1.sock'), socket('run-2.sock')]
    for (const path of [old, fresh]) dieListeningOn(path)
    utimesSync(old, 0, 0)
    const { exitCode, stderr } = await run(['top'])
    expect({ exitCode, stderr, left: [existsSync(old), existsSync(fresh)] }).toEqual({
      exitCode: 0,
      stderr: '',
      left: [false, true],
    })
  })

  it('shows the others while one hangs, and says so', async () => {
    await using servers = new AsyncDisposableStack()
    await serve(servers, { 'run-1.sock': () => {}, 'run-2.sock': telling(small) })
    const { exitCode, stdout, stderr } = await run(['top'])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: `warning: ${socket('run-1.sock')}: no answer within 2 s\n`,
    })
    expect(stdout).toContain('bug_hunt')
  })

  it('says what is wrong with a listener that does not tell', async () => {
    await using servers = new AsyncDisposableStack()
    await serve(servers, {
      'a.sock': telling({ ...small, version: 2 }),
      'b.sock': telling({ hello: 'world' }),
      'c.sock': (_, response) => response.end('<html>'),
      'd.sock': (_, response) => response.writeHead(500).end(),
    })
    const { exitCode, stdout, stderr } = await run(['top'])
    expect({ exitCode, stdout, stderr: stderr.replaceAll(`${folder}/evalspan/`, '') }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `warning: a.sock: it is of another version of evalspan: use the same for both
warning: b.sock: what it answers is no view of what runs: it may be no listener of evalspan
warning: c.sock: what it answers is no JSON: it may be no listener of evalspan
warning: d.sock: it answers with status 500
`,
    })
  })

  it('looks where it is told to', async () => {
    await using servers = new AsyncDisposableStack()
    await serve(servers, { 'run-12.sock': telling(other) })
    const own = join(folder, 'own.sock')
    servers.use(await listenerServer(telling(small), own))
    expect((await run(['top', '--socket', own])).stdout).not.toContain('other')
    process.env['EVALSPAN_SOCKET'] = own
    expect((await run(['top'])).stdout).toContain('bug_hunt')
    process.env['EVALSPAN_SOCKET'] = join(folder, 'none.sock')
    expect(await run(['top'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `warning: ${folder}/none.sock: no listener is there\n`,
    })
  })

  it('asks over TCP with the token', async () => {
    const tell = telling(small)
    await using server = await listenerServer((request, response) => {
      if (request.headers.authorization === 'Bearer secret') tell(request, response)
      else response.writeHead(401).end()
    })
    expect(await run(['top', '--url', server.url])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `warning: ${server.url}: it refuses the token in EVALSPAN_TOKEN\n`,
    })
    process.env['EVALSPAN_TOKEN'] = 'secret'
    expect((await run(['top', '--url', server.url])).stdout).toContain('bug_hunt')
    process.env['EVALSPAN_URL'] = server.url
    expect((await run(['top'])).stdout).toContain('bug_hunt')
  })

  it('refuses what is no address, and a folder that others can get at', async () => {
    expect(await run(['top', '--url', 'http://user:pass@host'])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: --url is no address of a listener: http://***@host; write it like http://127.0.0.1:4319, with the token ' +
        'in EVALSPAN_TOKEN\n',
    })
    rmSync(join(folder, 'evalspan'), { recursive: true, force: true })
    writeFileSync(join(folder, 'evalspan'), '')
    const { exitCode, stderr } = await run(['top'])
    expect({ exitCode, stderr: stderr.replaceAll(folder, 'FOLDER') }).toEqual({
      exitCode: 2,
      stderr:
        'error: FOLDER/evalspan cannot hold the sockets of listeners: it is no folder; or set XDG_RUNTIME_DIR to a short ' +
        'path of a folder of your own\n',
    })
  })

  it('ends when others can get at the sockets, and says so', async () => {
    const stdout = Object.assign(memoryOutput(), { interactive: true })
    await using servers = new AsyncDisposableStack()
    await serve(servers, { 'run-1.sock': telling(small) })
    const ended = run(['top', '--interval', '0.05'], { stdout })
    await eventually('a view', () => stdout.text.includes('bug_hunt'))
    chmodSync(join(folder, 'evalspan'), 0o777)
    const { exitCode, stderr } = await ended
    expect({ exitCode, isSaid: stderr.includes('it is open to others (its mode is 777)') }).toEqual({
      exitCode: 2,
      isSaid: true,
    })
  })

  it('is redrawn on a terminal; a listener that dies goes, one that hangs holds up no other', async () => {
    const interrupt = new AbortController()
    const screen = memoryOutput()
    const stdout = Object.assign(screen, { interactive: true, columns: 100, rows: 30 })
    await using servers = new AsyncDisposableStack()
    servers.use(await listenerServer(() => {}, socket('run-1.sock')))
    servers.use(await listenerServer(telling(small), socket('run-2.sock')))
    const ended = run(['top', '--interval', '0.05'], { stdout, interrupt: interrupt.signal })
    await eventually('a view', () => screen.text.includes('bug_hunt'))
    expect(screen.text).not.toContain('no answer')

    const dying = await listenerServer(telling(other), socket('run-3.sock'))
    await eventually('the new listener', () => screen.text.includes('other'))
    await dying[Symbol.asyncDispose]()
    screen.text = ''
    await eventually(
      'a view without the dead one',
      () => screen.text.includes('bug_hunt') && !screen.text.includes('other'),
    )
    await eventually('a word about the one that hangs', () =>
      screen.text.includes(`${socket('run-1.sock')}: no answer within 2 s`),
    )

    // A terminal that becomes narrower is cleared, for its lines are not where they were.
    stdout.columns = 60
    await eventually('a cleared screen', () => screen.text.includes('\u001B[2J\u001B[H'))

    screen.text = ''
    interrupt.abort(130)
    const { exitCode, stderr } = await ended
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(screen.text).toContain('bug_hunt')
  })
})

describe('evalspan top on a terminal of its own', () => {
  const main = join(import.meta.dirname, '../../../src/cli/main.ts')

  async function endedBy(key: string) {
    await using servers = new AsyncDisposableStack()
    await serve(servers, { 'run-12.sock': telling(small) })
    const command = `${process.execPath} ${main} top; echo "code $?"; stty -a`
    const variables = { XDG_RUNTIME_DIR: folder, TERM: 'xterm', SHELL: '/bin/sh' }
    const child = new Child(['script', '-qec', command, '/dev/null'], variables)
    await eventually('a view on the terminal', () => child.stdout.includes('bug_hunt'))
    child.process.stdin!.write(key)
    const { code, stdout } = await child.ended
    return { code, own: /code (\d+)/.exec(stdout)?.[1], isCooked: / icanon/.test(stdout) }
  }

  it.skipIf(!hasScript).for([
    ['q', 'q'],
    ['Ctrl-C', '\u0003'],
  ] as const)('ends with %s, and gives the terminal back as it was', async ([, key]) => {
    expect(await endedBy(key)).toEqual({ code: 0, own: '0', isCooked: true })
  })
})

async function serve(
  servers: AsyncDisposableStack,
  answers: Readonly<Record<string, Parameters<typeof listenerServer>[0]>>,
): Promise<void> {
  for (const [name, answer] of Object.entries(answers)) servers.use(await listenerServer(answer, socket(name)))
}

/** Leaves the socket of a process that was killed. */
function dieListeningOn(path: string): void {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  spawnSync(process.execPath, ['-e', script])
}
