// Plain JavaScript that an old Node can still run: it explains why nothing else here can.
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    [
      `evalspan needs Node 22.18 or newer, this is Node ${process.versions.node} (${process.execPath}).`,
      'The scripts use the one that the dev dependency "node" brings, but its binary is missing:',
      'either `npm ci` has not run yet, or it ran with --ignore-scripts.',
      'Run `npm ci --ignore-scripts=false`, or put a newer Node first on PATH.',
    ].join('\n'),
  )
  process.exit(1)
}
