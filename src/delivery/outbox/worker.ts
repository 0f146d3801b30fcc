/**
 * The thread that the outbox lives in: SQLite is synchronous, and must not block an eval. Requests are done one after
 * another, in the order in which they come.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../../errors.ts'
import { perform, type Answer, type Request, type WorkerData } from './protocol.ts'
import { Storage } from './storage.ts'

const { options, done } = workerData as WorkerData
const port = parentPort!

function answer(message: Answer): void {
  port.postMessage(message)
}

const opening = Storage.open(options, (note) => answer({ note }))
let last: Promise<void> = Promise.resolve()

port.on('message', (request: Request) => {
  last = last.then(async () => {
    try {
      answer({ id: request.id, result: await perform(await opening, request) })
    } catch (error) {
      answer({ id: request.id, error: messageOf(error) })
    }
    Atomics.add(done, 0, 1)
    Atomics.notify(done, 0)
  })
})
