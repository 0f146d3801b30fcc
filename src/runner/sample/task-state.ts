import type { ChatMessage, Json, ModelOutput, Score, ToolChoice } from '../../inspect/records.ts'
import { Choices } from '../choices.ts'
import { LimitedMessages } from './limited-messages.ts'
import type { Tools } from '../tools/tools.ts'
import { Target } from '../target.ts'

/** What a model answered, with what its first choice has at hand, as properties of Inspect's `ModelOutput` have it. */
export interface CompleteOutput extends ModelOutput {
  readonly completion: string
  /** Throws when there is no choice. In no log and no hook, which have it among the choices; nor is the stop reason. */
  readonly message: ChatMessage
  /** Throws when there is no choice. */
  readonly stop_reason: string
}

/** What a state begins with. */
export interface TaskStateOptions {
  readonly uuid: string
  readonly sampleId: string | number
  readonly epoch: number
  readonly model: string
  readonly input: string | readonly ChatMessage[]
  readonly messages: readonly ChatMessage[]
  readonly target?: string | readonly string[] | undefined
  readonly choices?: readonly string[] | undefined
  readonly metadata?: { readonly [key: string]: Json } | undefined
}

// By which copies of this package in one process know each other's states.
const stateMark = Symbol.for('evalspan.TaskState')

/**
 * How far a sample has come, as Inspect's `TaskState`: solvers change it and hand it on, scorers judge it. Messages, output
 * and scores are Inspect's records, as hooks and logs have them.
 */
export class TaskState {
  static {
    Object.defineProperty(this.prototype, stateMark, { value: true })
  }

  /** Of this run of the sample; the same on a retry. */
  readonly uuid: string
  readonly sampleId: string | number
  readonly epoch: number
  /** `provider/model`. */
  readonly model: string
  readonly input: string | readonly ChatMessage[]
  target: Target
  /** Of a multiple-choice question. */
  choices: Choices
  metadata: { [key: string]: Json }
  /** What solvers and tools want to keep; it goes into the log. */
  store: { [key: string]: Json } = {}
  #messages: ChatMessage[] = new LimitedMessages()
  #output: CompleteOutput
  tools: Tools = {}
  toolChoice: ToolChoice | undefined
  /** Once true no further solver of a chain runs. */
  completed = false
  /** Aborted when what works on the sample is to end: a limit of time, a cancelled run. For `fetch` and the like. */
  signal: AbortSignal = new AbortController().signal
  /** Set by scorers, or by a solver that scores for itself. */
  scores: { [scorer: string]: Score } | undefined

  constructor(options: TaskStateOptions) {
    this.uuid = options.uuid
    this.sampleId = options.sampleId
    this.epoch = options.epoch
    this.model = options.model
    this.input = options.input
    this.#messages.push(...options.messages)
    this.target = new Target(options.target)
    this.choices = new Choices(options.choices)
    this.metadata = { ...options.metadata }
    this.#output = completeOutput({ model: options.model, choices: [], completion: '' })
  }

  get messages(): ChatMessage[] {
    return this.#messages
  }

  set messages(messages: readonly ChatMessage[]) {
    const limited = new LimitedMessages()
    limited.push(...messages)
    this.#messages = limited
  }

  get output(): CompleteOutput {
    return this.#output
  }

  set output(output: ModelOutput) {
    this.#output = completeOutput(output)
  }

  static is(value: unknown): value is TaskState {
    return typeof value === 'object' && value !== null && Reflect.get(value, stateMark) === true
  }

  /** The text of the input: of its last user message where it is a conversation. */
  get inputText(): string {
    if (typeof this.input === 'string') return this.input
    return textOf(this.input.findLast(({ role }) => role === 'user'))
  }

  /** The last message of the user; undefined when there is none. */
  get userPrompt(): ChatMessage | undefined {
    return this.messages.findLast(({ role }) => role === 'user')
  }
}

/** The same output where it has all that already. */
export function completeOutput(output: ModelOutput): CompleteOutput {
  const has = Object.getOwnPropertyDescriptor(output, 'message')
  if (has?.get === ofFirstChoice.message.get) return output as CompleteOutput
  const { completion = textOf(output.choices[0]?.message) } = output
  return Object.defineProperties({ ...output, completion }, ofFirstChoice) as CompleteOutput
}

/** Not enumerable, so that they are in no record. */
const ofFirstChoice = {
  message: {
    enumerable: false,
    get(this: ModelOutput) {
      return firstChoice(this).message
    },
  },
  stop_reason: {
    enumerable: false,
    get(this: ModelOutput) {
      return firstChoice(this).stop_reason
    },
  },
}

function firstChoice({ choices }: ModelOutput): ModelOutput['choices'][number] {
  const [first] = choices
  if (!first) throw new Error('the model gave no answer: its output is without any choice')
  return first
}

/** The text of a message, without its other parts. */
export function textOf(message: ChatMessage | undefined): string {
  if (!message) return ''
  if (typeof message.content === 'string') return message.content
  return message.content
    .flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : []))
    .join('\n')
}

/** The message with another text; its other parts stay, and the text is where the first one was. */
export function withText(message: ChatMessage, text: string): ChatMessage {
  if (typeof message.content === 'string') return { ...message, content: text }
  const first = message.content.findIndex(({ type }) => type === 'text')
  const others = message.content.filter(({ type }) => type !== 'text')
  return { ...message, content: others.toSpliced(first === -1 ? others.length : first, 0, { type: 'text', text }) }
}
