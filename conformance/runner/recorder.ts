import { appendFileSync, writeFileSync } from 'node:fs'
import { hookNames, Hooks, toRecord } from '../../src/index.ts'
import { hooks } from '../../src/hooks/register.ts'
import { takeEvents } from '../../src/hooks/take-events.ts'
import { stringify } from '../../src/inspect/json.ts'
import { activeSample } from '../../src/runner/sample/active.ts'

/** Writes what hooks are given to a file, as `test/real/inspect/recorder.py` does; to be called once, before other hooks are registered. */
export function recordTo(file: string): void {
  class Recorder extends Hooks {}
  let seq = 0
  writeFileSync(file, '')
  takeEvents(Recorder, hookNames, (event) => {
    const { hook, data } = toRecord(event)
    // At once: a run that is interrupted ends the process.
    appendFileSync(file, `${stringify({ seq: (seq += 1), time: Date.now() / 1000, hook, data, ...sampleOfCall() })}\n`)
  })
  hooks('recorder', 'Records what hooks were given')(Recorder)
}

/** Hooks of models do not say whose call it is. */
function sampleOfCall(): { readonly sample?: string } {
  const sample = activeSample()
  return sample ? { sample: sample.uuid } : {}
}
