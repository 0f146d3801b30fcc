/** All benchmarks, one after the other. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

for (const name of ['spans', 'replay', 'scaling', 'read-with-inspect', 'watch', 'host', 'outbox', 'runner']) {
  const path = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const { status } = spawnSync(process.execPath, [path], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
