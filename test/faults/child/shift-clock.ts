/**
 * Preload: the system's clock is off by as many milliseconds as the file named by `TEST_CLOCK_FILE` says. As with a real
 * clock that is set, what a process measures from its start goes on undisturbed: `performance.timeOrigin` has the shift
 * of the moment when the process (or the worker) began.
 */
import { readFileSync } from 'node:fs'

const file = process.env['TEST_CLOCK_FILE'] ?? ''
const RealDate = Date
const readEveryMs = 5

let shiftMs = readShift()
let readAt = performance.now()
const timeOrigin = performance.timeOrigin + shiftMs

function now(): number {
  if (performance.now() - readAt > readEveryMs) {
    shiftMs = readShift()
    readAt = performance.now()
  }
  return RealDate.now() + shiftMs
}

function readShift(): number {
  return Number(readFileSync(file, 'utf8'))
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as object,
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
})
Object.defineProperty(performance, 'timeOrigin', { value: timeOrigin })
