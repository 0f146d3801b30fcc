import { EvalspanError } from '../../errors.ts'
import type { ChatMessage } from '../../inspect/records.ts'
import { fillTemplate } from '../text/format-template.ts'
import { shortUuid } from '../short-uuid.ts'
import { solver, type Solver } from '../solver.ts'
import { textOf, type TaskState } from '../sample/task-state.ts'

type Params = { readonly [name: string]: string | number }

/**
 * Adds a system message behind those that there are. `{name}` in it is a parameter, or of the store or the metadata; a
 * name that is nowhere stays as it is.
 */
export function systemMessage(template: string, params: Params = {}): Solver {
  return solver('system_message', { template, ...params }, (state) => {
    const message = newMessage('system', fill(template, state, params))
    const last = state.messages.findLastIndex(({ role }) => role === 'system')
    state.messages.splice(last + 1, 0, message)
    return state
  })
}

/** Adds a message of the user. */
export function userMessage(template: string, params: Params = {}): Solver {
  return solver('user_message', { template, ...params }, (state) => {
    state.messages.push(newMessage('user', fill(template, state, params)))
    return state
  })
}

/** Puts the user's prompt into a template, as `{prompt}`. */
export function promptTemplate(template: string, params: Params = {}): Solver {
  return solver('prompt_template', { template, ...params }, (state) => {
    const prompt = state.userPrompt
    if (!prompt) throw new EvalspanError('BAD_OPTION', 'promptTemplate: the conversation has no message of the user')
    const text = fill(template, state, { prompt: textOf(prompt), ...params })
    state.messages[state.messages.indexOf(prompt)] = { ...prompt, content: text }
    return state
  })
}

function newMessage(role: ChatMessage['role'], content: string): ChatMessage {
  return { id: shortUuid(), content, role }
}

function fill(template: string, state: TaskState, params: Params): string {
  return fillTemplate(template, { ...state.metadata, ...state.store, ...params })
}
