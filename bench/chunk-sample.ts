import type { Json } from './transcript.ts'

const itemsPerMember = 1000
const attachmentCharacters = 10e6

/** A member of the ZIP, by the rest of its name after the sample's, and its JSON. */
export type Member = readonly [name: string, text: string]

/** The members of a sample in the chunked form that Inspect 0.3.285 knows, as far as readers need them. */
export function* chunkSample(sample: Json): Generator<Member> {
  const {
    events,
    messages,
    events_data: data,
    attachments,
    metadata,
    ...shell
  } = sample as {
    [name: string]: unknown
    events: Json[]
    messages: Json[]
    events_data: { messages: Json[]; calls: Json[] }
    attachments: { [hash: string]: string }
  }
  // Here they are referred to by their number.
  const numbers = new Map(Object.keys(attachments).map((hash, index) => [hash, index]))
  const write = (value: unknown): string =>
    JSON.stringify(value).replaceAll(/attachment:\/\/([0-9a-f]{32})/g, (_, hash) => `attachment://${numbers.get(hash)}`)
  yield ['/sample.json', write({ ...shell, message_refs: [[0, messages.length]] })]
  yield ['/metadata.json', write(metadata)]
  for (const [name, items] of Object.entries({ events, messages: data.messages, calls: data.calls })) {
    for (let from = 0; from < items.length; from += itemsPerMember)
      yield [`/${name}/${from}.json`, write(items.slice(from, from + itemsPerMember))]
  }
  yield* attachmentMembers(Object.values(attachments))
}

function* attachmentMembers(texts: readonly string[]): Generator<Member> {
  let from = 0
  let characters = 0
  for (const [index, text] of texts.entries()) {
    characters += text.length
    if (characters < attachmentCharacters && index < texts.length - 1) continue
    yield [`/attachments/${from}.json`, JSON.stringify(texts.slice(from, index + 1))]
    from = index + 1
    characters = 0
  }
}
