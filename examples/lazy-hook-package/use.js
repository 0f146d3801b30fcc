// A project that depends on lazy-hook-package; nothing in here names it. A runner does the same when it starts.
import { Emitter, startHooks } from 'evalspan'

await startHooks({ host: 'evalspan', banner: (line) => console.error(line) })

const emitter = new Emitter()
const meta = { time: new Date().toISOString(), host: 'evalspan', replay: false }
for (const [id, completion] of Object.entries({ 1: 'Two.', 2: 'It is three.' })) {
  const sample = { id, epoch: 1, input: '', target: '', messages: [], events: [], output: { completion, choices: [] } }
  await emitter.emit('onSampleEnd', { run_id: 'r', eval_id: 'e', sample_id: `uuid-${id}`, sample }, meta)
}
await emitter.emit('onRunEnd', { run_id: 'r', logs: [] }, meta)
