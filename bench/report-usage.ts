/** Loaded before a script (`--import`) that was forked: answers each message with what the process has used so far. */
export interface Usage {
  readonly cpuMs: number
  /** At the moment. */
  readonly megabytes: number
}

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send!({ cpuMs: (user + system) / 1000, megabytes: process.memoryUsage.rss() / 1e6 } satisfies Usage)
})
process.channel?.unref()
