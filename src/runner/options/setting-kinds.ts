import { isObject } from '../../hooks/is-object.ts'
import type { GenerateSettings } from './generate-config.ts'

/** What a value has to be. */
interface Kind {
  readonly fits: (value: unknown) => boolean
  /** What to give. */
  readonly give: string
}

/** The names of a type that has others too. */
type NamesOf<T> = keyof { [K in keyof T as string extends K ? never : number extends K ? never : K]: true }

const truth: Kind = { fits: (value) => typeof value === 'boolean', give: 'true or false' }
const text: Kind = { fits: (value) => typeof value === 'string', give: 'a text' }
const texts: Kind = { fits: isTexts, give: 'a list of texts' }
const object: Kind = { fits: isObject, give: 'an object' }
const headers: Kind = {
  fits: (value) => isObject(value) && isTexts(Object.values(value)),
  give: 'an object with texts',
}
const biases: Kind = {
  fits: (value) =>
    isObject(value) && Object.entries(value).every(([token, bias]) => /^\d+$/.test(token) && Number.isFinite(bias)),
  give: 'an object with a number for each token number',
}
const schema: Kind = {
  fits: (value) => isObject(value) && typeof value['name'] === 'string' && isObject(value['json_schema']),
  give: 'an object with name and json_schema',
}
const modalities: Kind = {
  fits: (value) => Array.isArray(value) && value.every((each) => each === 'image' || isObject(each)),
  give: "a list of 'image' or objects",
}

/**
 * What the settings of Inspect have to be. With other values, its tools would not read the logs; where they are narrower than
 * Inspect's, models could not be called.
 */
export const settingKinds = {
  temperature: number(0),
  maxTokens: whole(1),
  topP: number(0, 1),
  topK: whole(),
  stopSeqs: texts,
  seed: whole(),
  frequencyPenalty: number(),
  presencePenalty: number(),
  reasoningEffort: oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
  maxConnections: whole(1),
  maxRetries: whole(0),
  timeout: whole(0),
  attemptTimeout: whole(1),
  maxToolOutput: whole(0),
  failOnRefusal: truth,
  streamIdleTimeout: whole(1),
  adaptiveConnections: either(truth, whole(1), object),
  systemMessage: text,
  bestOf: whole(1),
  logitBias: biases,
  numChoices: whole(1),
  logprobs: truth,
  topLogprobs: whole(0),
  promptLogprobs: whole(1, 20),
  parallelToolCalls: truth,
  internalTools: truth,
  cachePrompt: either(oneOf('auto'), truth),
  fallbackModels: texts,
  verbosity: oneOf('low', 'medium', 'high'),
  effort: oneOf('low', 'medium', 'high', 'xhigh', 'max'),
  reasoningMode: oneOf('standard', 'pro'),
  reasoningTokens: whole(0),
  reasoningSummary: oneOf('none', 'concise', 'detailed', 'auto'),
  reasoningHistory: either(oneOf('none', 'all', 'last', 'auto'), truth),
  responseSchema: schema,
  extraHeaders: headers,
  extraBody: object,
  modalities,
  cache: either(truth, object),
  batch: either(truth, whole(1), object),
} satisfies Record<NamesOf<GenerateSettings>, Kind> & { readonly [name: string]: Kind }

function whole(least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY): Kind {
  const { fits, give } = number(least, most)
  return {
    fits: (value) => Number.isSafeInteger(value) && fits(value),
    give: give.replace('a number', 'a whole number'),
  }
}

function number(least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY): Kind {
  const to = Number.isFinite(most) ? `to ${most}` : 'on'
  return {
    fits: (value) => typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most,
    give: `a number${Number.isFinite(least) ? ` from ${least} ${to}` : ''}`,
  }
}

function oneOf(...words: readonly string[]): Kind {
  return {
    fits: (value) => typeof value === 'string' && words.includes(value),
    give: words.map((word) => `'${word}'`).join(', '),
  }
}

function either(...kinds: readonly Kind[]): Kind {
  return { fits: (value) => kinds.some((kind) => kind.fits(value)), give: kinds.map(({ give }) => give).join(', or ') }
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}
