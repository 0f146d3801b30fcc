import type { ChatMessage, Json } from '../../../inspect/records.ts'
import { formatTemplate } from '../../text/format-template.ts'
import type { Target } from '../../target.ts'
import type { TaskState } from '../../sample/task-state.ts'

export interface GradingPromptOptions {
  readonly template: string
  readonly instructions: string
  readonly question: string
}

const media: readonly string[] = ['image', 'audio', 'video']

/** What the grader is asked. Pictures and the like of the answer are attached to it. */
export function gradingPrompt(state: TaskState, target: Target, options: GradingPromptOptions): ChatMessage {
  const content = state.output.choices[0]?.message.content ?? ''
  const attached = typeof content === 'string' ? [] : content.filter(({ type }) => media.includes(type))
  const text = formatTemplate(options.template, {
    ...(withoutMarkers(state.metadata) as { [name: string]: Json }),
    question: withoutMarkers(options.question),
    answer: withoutMarkers(shownAnswer(state.output.completion, attached.length > 0)),
    criterion: withoutMarkers(target.text),
    instructions: options.instructions,
  })
  if (attached.length === 0) return { role: 'user', content: text }
  return { role: 'user', content: [{ type: 'text', text }, ...attached] }
}

function shownAnswer(completion: string, hasMedia: boolean): string {
  if (!hasMedia) return completion
  return completion === '' ? 'See attached media' : `${completion} (see also attached media)`
}

/** So that nothing in the data can look like its end, and speak to the grader from there. */
function withoutMarkers(value: Json | undefined): Json {
  if (typeof value === 'string')
    return value.replaceAll(/\[(?:BEGIN|END) DATA\]/gi, (marker) => marker.replace(' ', '-'))
  if (typeof value !== 'object' || value === null) return value ?? null
  if (Array.isArray(value)) return value.map(withoutMarkers)
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutMarkers(each)]))
}
