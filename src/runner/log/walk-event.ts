import { isFields, type Fields } from '../../inspect/fields.ts'
import { textWalker, walkField, walkJson, walkList, walkMedia, type Rewrite } from './walk.ts'

interface EventRewrites {
  /** All texts but the others. */
  readonly text: Rewrite
  /** Pictures and the like that tools gave back. */
  readonly media: Rewrite
  readonly message: (message: unknown) => unknown
  /** What is put in place of the input of a model. */
  readonly input: (messages: unknown) => unknown
}

/** Rewrites the texts of events. */
export function eventWalker({
  text: rewrite,
  media,
  message: walkMessage,
  input,
}: EventRewrites): (event: Fields) => Fields {
  const walkData = (value: unknown): unknown => walkJson(value, rewrite)
  const walkMessages = (value: unknown): unknown => walkList(value, walkMessage)
  const walks: { readonly [event: string]: { readonly [field: string]: (value: unknown) => unknown } } = {
    sample_init: { sample: (sample) => walkSample(sample, rewrite, walkMessages), state: walkData },
    model: {
      tools: (tools) => walkList(tools, (tool) => walkIn(tool, 'description', textWalker(rewrite))),
      input,
      output: (output) => walkIn(output, 'choices', (choices) => walkChoices(choices, walkMessage)),
      call: (call) => walkIn(walkIn(call, 'request', walkData), 'response', walkData),
    },
    tool: { arguments: walkData, result: (result) => walkResult(result, media) },
    state: { changes: (changes) => walkChanges(changes, walkData) },
    store: { changes: (changes) => walkChanges(changes, walkData) },
    info: { data: walkData },
  }
  return (event) => {
    const fields = walks[String(event['event'])] ?? {}
    return Object.entries(fields).reduce((walked, [name, walk]) => walkField(walked, name, walk), event)
  }
}

function walkIn(value: unknown, name: string, walk: (value: unknown) => unknown): unknown {
  return isFields(value) ? walkField(value, name, walk) : value
}

function walkSample(sample: unknown, rewrite: Rewrite, walkMessages: (value: unknown) => unknown): unknown {
  return walkIn(sample, 'input', (input) => (typeof input === 'string' ? rewrite(input) : walkMessages(input)))
}

function walkChoices(choices: unknown, walkMessage: (message: unknown) => unknown): unknown {
  return walkList(choices, (choice) => walkIn(choice, 'message', walkMessage))
}

function walkChanges(changes: unknown, walkData: (value: unknown) => unknown): unknown {
  return walkList(changes, (change) => walkIn(change, 'value', walkData))
}

/** The texts of a result are in the message that the model sees next. */
function walkResult(result: unknown, media: Rewrite): unknown {
  return Array.isArray(result) ? walkList(result, (part) => walkMedia(part, media)) : walkMedia(result, media)
}
