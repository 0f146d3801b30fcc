import { EvalLogWriter } from '../../../../src/runner/log/eval-log-writer.ts'
import { plan, specOf } from '../log-parts.ts'
import { noisySample } from '../noise.ts'

/** Writes one sample after the other into the log in a folder, and tells of each that is in the file, until it is killed. */
const [folder = ''] = process.argv.slice(2)
const writer = await EvalLogWriter.create({ folder, spec: specOf(), plan, flushEvery: 1 })
console.log(writer.path)
for (let id = 1; ; id += 1) {
  await writer.sample(noisySample(id))
  console.log(id)
}
