import {
  dropNulls,
  expectType,
  expectTypeIfThere,
  fieldsIn,
  isFields,
  visit,
  visitList,
  type Fields,
} from './fields.ts'
import { migrateUsage } from './migrate-usage.ts'

/** Brings a message of an older log to the present form, in place. */
export function migrateMessage(message: Fields): void {
  dropNulls(message)
  message['content'] ??= ''
  if (typeof message['content'] !== 'string') visitList(message, 'content', migratePart)
  if (message['role'] === 'tool' && 'tool_error' in message) {
    if (message['tool_error']) message['error'] ??= { type: 'unknown', message: message['tool_error'] }
    delete message['tool_error']
  }
  if ('tool_calls' in message) visitList(message, 'tool_calls', migrateToolCall)
}

function migratePart(part: Fields): void {
  expectType(part, 'type', 'string')
}

function migrateToolCall(call: Fields): void {
  call['type'] ??= 'function'
  fieldsIn(call, 'arguments')
}

/** Brings the output of a model in an older log to the present form, in place. */
export function migrateOutput(output: Fields): void {
  dropNulls(output)
  output['model'] ??= ''
  visitList(output, 'choices', migrateChoice)
  output['completion'] ??= firstText(output)
  for (const name of ['model', 'completion']) expectType(output, name, 'string')
  expectTypeIfThere(output, 'time', 'number')
  if ('usage' in output) visit(output, 'usage', migrateUsage)
}

function migrateChoice(choice: Fields): void {
  visit(choice, 'message', migrateMessage)
  choice['stop_reason'] = choice['stop_reason'] === 'length' ? 'max_tokens' : (choice['stop_reason'] ?? 'unknown')
}

function firstText(output: Fields): string {
  const [choice] = output['choices'] as Fields[]
  const content = (choice?.['message'] as Fields | undefined)?.['content']
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.flatMap((part) => (isFields(part) && part['type'] === 'text' ? [String(part['text'])] : [])).join('\n')
}
