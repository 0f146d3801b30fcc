import { isFields } from '../../inspect/fields.ts'

const roles: readonly unknown[] = ['system', 'user', 'assistant', 'tool']

/** What in a list is no message, by its index, and why. A log with it cannot be read. */
export function* messageProblems(messages: readonly unknown[]): Generator<readonly [index: number, problem: string]> {
  for (const [index, message] of messages.entries()) {
    const problem = messageProblem(message)
    if (problem !== undefined) yield [index, problem]
  }
}

/** Why something is no message; undefined for one. */
export function messageProblem(message: unknown): string | undefined {
  if (!isFields(message)) return 'is no message'
  const { role, content } = message
  if (!roles.includes(role)) return "has no role; it is one of 'system', 'user', 'assistant' and 'tool'"
  if (typeof content === 'string' || (Array.isArray(content) && content.every(isPart))) return undefined
  return 'has no content; it is a string or a list of parts with a type'
}

function isPart(part: unknown): boolean {
  return isFields(part) && typeof part['type'] === 'string'
}
