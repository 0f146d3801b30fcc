import type { ChatMessage } from '../../inspect/records.ts'
import { activeSample } from './active.ts'

/** The messages of a conversation. One more than the sample's limit allows is not taken: it throws, as in Inspect. */
export class LimitedMessages extends Array<ChatMessage> {
  /** What is made of it is a usual list. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  override push(...messages: ChatMessage[]): number {
    this.#expectRoom(messages.length)
    return super.push(...messages)
  }

  override unshift(...messages: ChatMessage[]): number {
    this.#expectRoom(messages.length)
    return super.unshift(...messages)
  }

  override splice(start: number, removed: number = this.length, ...messages: ChatMessage[]): ChatMessage[] {
    this.#expectRoom(messages.length - removed)
    return super.splice(start, removed, ...messages)
  }

  #expectRoom(more: number): void {
    if (more > 0) activeSample()?.limits.messages(this.length + more, false)
  }
}
