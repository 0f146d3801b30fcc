import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, inject } from 'vitest'
import { freePorts } from './free-ports.ts'

/** Like `describe`, and skipped where there is no Jaeger binary. */
export const describeWithJaeger: typeof describe = (
  inject('jaeger') === '' ? describe.skip : describe
) as typeof describe

/** A Jaeger or Collector process that is ready. */
export interface Service<Ports> {
  readonly ports: Ports
  /** All it has written, standard output and error. */
  readonly output: () => string
  readonly stop: () => Promise<void>
}

type PortsOf<Name extends string> = { readonly [name in Name]: number }

/** Starts the Jaeger binary with a configuration for free ports, and waits until it is ready. */
export async function startService<Name extends string>(
  portNames: readonly Name[],
  configure: (ports: PortsOf<Name>) => object,
): Promise<Service<PortsOf<Name>>> {
  for (let attempt = 1; ; attempt += 1) {
    const numbers = await freePorts(portNames.length)
    const ports = Object.fromEntries(portNames.map((name, index) => [name, numbers[index]])) as PortsOf<Name>
    try {
      return { ports, ...(await start(configure(ports))) }
    } catch (error) {
      // Somebody may have taken a port between looking for it and using it.
      if (attempt === 5 || !String(error).includes('address already in use')) {
        throw error
      }
    }
  }
}

async function start(configuration: object): Promise<Omit<Service<unknown>, 'ports'>> {
  const folder = mkdtempSync(join(tmpdir(), 'evalspan-service-'))
  const file = join(folder, 'config.yaml')
  writeFileSync(file, JSON.stringify(configuration, null, 2))
  const child = spawn(inject('jaeger'), ['--config', file], { stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const stop = async () => {
    await end(child)
    process.removeListener('exit', kill)
    rmSync(folder, { recursive: true, force: true })
  }

  let output = ''
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string) => reject(new Error(`${inject('jaeger')} ${reason}:\n${output}`))
      const timer = setTimeout(fail, 60_000, 'was not ready after 60 s')
      const listen = (chunk: string) => {
        output += chunk
        if (output.includes('Everything is ready')) {
          clearTimeout(timer)
          resolve()
        }
      }
      child.stdout.setEncoding('utf8').on('data', listen)
      child.stderr.setEncoding('utf8').on('data', listen)
      child.on('error', reject)
      child.on('close', (code) => fail(`ended with ${code}`))
    })
  } catch (error) {
    await stop()
    throw error
  }
  return { output: () => output, stop }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return
  }
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await closed
  clearTimeout(timer)
}
