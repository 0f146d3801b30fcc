import type { ReadStream } from 'node:tty'

const quitKeys = new Set(['q', 'Q', '\u0003', '\u001B'])

/** Calls back when somebody at the terminal presses q, Ctrl-C or Escape. What it returns gives the terminal back. */
export function onQuitKey(terminal: ReadStream, quit: () => void): () => void {
  const wasRaw = terminal.isRaw
  const read = (keys: Buffer): void => {
    if (quitKeys.has(keys.toString())) quit()
  }
  terminal.setRawMode(true)
  terminal.on('data', read)
  return () => {
    terminal.off('data', read)
    terminal.setRawMode(wasRaw)
    terminal.pause()
  }
}
