import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { vi } from 'vitest'
import type { CliContext } from '../../src/cli/context.ts'
import { HttpReceiver, type HttpAnswer } from '../receiver/http-receiver.ts'
import { run, type CliResult } from './memory-context.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
/** 20 spans and 2 log records of 2 samples. */
export const basic: string = join(import.meta.dirname, '../fixtures/inspect/basic.eval')
export const agent: string = join(import.meta.dirname, '../fixtures/inspect/react_agent.eval')
export const down: HttpAnswer = { status: 503, body: 'down' }

/** An outbox in a folder of its own, before a backend that does as told. */
export class OutboxScene {
  readonly receiver: HttpReceiver
  readonly #scratch = mkdtempSync(join(tmpdir(), 'evalspan-scene-'))
  readonly folder = join(this.#scratch, 'outbox')

  private constructor(receiver: HttpReceiver) {
    this.receiver = receiver
  }

  static async open(): Promise<OutboxScene> {
    const scene = new OutboxScene(await HttpReceiver.start())
    vi.stubEnv('EVALSPAN_OUTBOX', scene.folder)
    // Where the outbox is while its folder cannot be used.
    vi.stubEnv('TMPDIR', scene.#scratch)
    scene.answer('ok')
    scene.switchOn()
    return scene
  }

  /** What the backend does from now on; where that is nothing good, commands do not wait for long. */
  answer(answer: HttpReceiver['answer']): void {
    this.receiver.answer = answer
    const timeout = answer === 'ok' ? '10s' : typeof answer === 'function' ? '2s' : '400ms'
    vi.stubEnv('EVALSPAN_FLUSH_TIMEOUT', timeout)
  }

  /** Switches the backend on, or another one. */
  switchOn(url: string | undefined = this.receiver.url): void {
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', url)
    vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', 'http/json')
  }

  switchOff(): void {
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', undefined)
  }

  /** Runs a command, and gives what it wrote without what differs from run to run. */
  async run(argv: readonly string[], changes: Partial<CliContext> = {}): Promise<CliResult> {
    const { exitCode, stdout, stderr } = await run(argv, changes)
    return { exitCode, stdout: this.steady(stdout), stderr: this.steady(stderr) }
  }

  /** Runs a command in a process of its own, which is gone afterwards. */
  async runApart(argv: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [main, ...argv])
    return this.steady(stdout)
  }

  /** The events of a log up to its first scoring: its sample is under way. */
  async beginning(log: string): Promise<string> {
    const path = join(this.#scratch, 'events.jsonl')
    await run(['replay', log, '--events', path, '--dry-run'])
    const lines = readFileSync(path, 'utf8').split('\n')
    const end = lines.findIndex((line) => line.startsWith('{"hook":"on_sample_scoring"'))
    writeFileSync(path, lines.slice(0, end).join('\n'))
    return path
  }

  has(file: string): boolean {
    return existsSync(join(this.folder, file))
  }

  steady(text: string): string {
    return text
      .replaceAll(this.#scratch, 'FOLDER')
      .replace(/http:\/\/127\.0\.0\.1:\d+/g, 'http://BACKEND')
      .replace(/\b[\da-f]{8}-[\da-f-]{27}\b/g, 'UUID')
      .replace(/(otlp\/\w+:)[\da-f]{8}\b/g, '$1HASH')
      .replace(/\b\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, 'TIME')
      .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replace(/\b2\d{3}-\d\d-\d\d\b/g, 'DATE')
      .replace(/[\d.]+ [KM]iB/g, 'SIZE')
      .replace(/("bytes": )\d+/g, '$1BYTES')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    vi.unstubAllEnvs()
    await this.receiver.close()
    rmSync(this.#scratch, { recursive: true, force: true })
  }
}
