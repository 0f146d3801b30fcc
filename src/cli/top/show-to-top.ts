import { hookNames, Hooks } from '../../hooks/hooks.ts'
import { takeEvents } from '../../hooks/take-events.ts'
import { Listener } from '../../sources/live/listener.ts'
import { socketPath } from '../runtime-folder.ts'
import { Board } from './board.ts'

/** Hooks that put on the board what happens in this process. */
export function boardHooks(board: Board): typeof Hooks {
  class ShownHooks extends Hooks {}
  takeEvents(ShownHooks, hookNames, (event) => board.event(event))
  return ShownHooks
}

/** What `evalspan top` is shown of this process. */
export interface Shown {
  readonly board: Board
  close(): Promise<void>
}

/** Lets `evalspan top` see what is put on the board. Where no socket can be had, nobody sees it, and nothing else is wrong. */
export async function showToTop(): Promise<Shown> {
  const board = new Board()
  try {
    const socket = socketPath(`eval-${process.pid}.sock`, process.env)
    const listener = await Listener.open({ at: { socket }, status: () => board.snapshot() })
    return { board, close: () => listener.close() }
  } catch {
    return { board, async close() {} }
  }
}
