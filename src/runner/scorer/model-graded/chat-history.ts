import type { ChatMessage, ToolCall } from '../../../inspect/records.ts'
import { textOf, type TaskState } from '../../sample/task-state.ts'
import { toText } from '../../text/python-text.ts'

/** In characters, of a call of a tool on one line. */
const width = 80

/** The conversation up to the model's last answer, for a grader; without system messages. */
export function chatHistory({ messages }: TaskState): string {
  const said = messages.filter(({ role }) => role !== 'system')
  const last = said.findLastIndex(({ role }) => role === 'assistant')
  const [first, ...others] = last === -1 ? said : said.slice(0, last + 1)
  return [textOf(first), ...others.map(shown)].join('\n\n')
}

function shown(message: ChatMessage): string {
  const text = textOf(message)
  if (message.role === 'user') return `User: ${text}`
  if (message.role === 'tool') return `Tool (${message.function ?? 'None'}): ${message.error?.message ?? ''}${text}`
  const calls = (message.tool_calls ?? []).map(shownCall)
  return `Assistant: ${[...(text === '' ? [] : [text]), ...calls].join('\n\n')}`
}

function shownCall({ function: name, arguments: values }: ToolCall): string {
  const list = Object.entries(values).map(([key, value]) => {
    return `${key}=${typeof value === 'string' ? `'${value}'` : toText(value)}`
  })
  const line = list.join(', ')
  if (line.length <= width - 1 - name.length - 2) return `${name}(${line})`
  return `${name}(\n${list.join(',\n').replaceAll(/^(?=.*\S)/gm, '    ')}\n)`
}
