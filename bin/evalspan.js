#!/usr/bin/env node
// Plain JavaScript that an old Node can still run, so that it gets to say what is missing.
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`evalspan needs Node 22.18 or newer, this is Node ${process.versions.node} (${process.execPath}).`)
  process.exitCode = 2
} else {
  const { enableCompileCache } = await import('node:module')
  // What V8 made of the code is kept for the next start, beside other temporary files.
  enableCompileCache()
  await import('../dist/src/cli/main.js')
}
