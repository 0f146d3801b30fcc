import { formatTemplate } from './text/format-template.ts'

/** One of the answers that a question offers. */
export interface Choice {
  readonly value: string
  /** Whether the model has chosen it; undefined before it has answered. */
  readonly correct?: boolean | undefined
  /** Where it stands in the sample, from 0. */
  readonly originalPosition: number
}

/** The answers that a question offers, in the order in which the model sees them; as Inspect's `Choices`. */
export class Choices implements Iterable<Choice> {
  #choices: readonly Choice[]

  constructor(choices: readonly (string | Choice)[] = []) {
    this.#choices = choices.map((each, index) =>
      typeof each === 'string' ? { value: each, originalPosition: index } : each,
    )
  }

  get length(): number {
    return this.#choices.length
  }

  [Symbol.iterator](): Iterator<Choice> {
    return this.#choices.values()
  }

  at(index: number): Choice | undefined {
    return this.#choices.at(index)
  }

  /** Says whether the model has chosen one. */
  markChoice(index: number, correct: boolean): void {
    this.#choices = this.#choices.map((choice, each) => (each === index ? { ...choice, correct } : choice))
  }

  /** Puts them in random order; `choice()` knows from their original positions what was meant. */
  shuffle(random: () => number = Math.random): void {
    const places = this.#choices.map((choice) => ({ choice, place: random() }))
    this.#choices = places.toSorted((a, b) => a.place - b.place).map(({ choice }) => choice)
  }

  get areShuffled(): boolean {
    return this.#choices.some(({ originalPosition }, index) => originalPosition !== index)
  }

  unshuffled(): Choices {
    return new Choices(this.#choices.toSorted((a, b) => a.originalPosition - b.originalPosition))
  }

  /** The letters of those that the model has chosen. */
  get answers(): string[] {
    return this.#choices.flatMap(({ correct }, index) => (correct === true ? [answerLetter(index)] : []))
  }

  /** `A) …`, a line each. */
  get text(): string {
    return this.#choices.map(({ value }, index) => `${answerLetter(index)}) ${value}`).join('\n')
  }

  /** The question with its choices, from a template with `{question}`, `{choices}` and perhaps `{letters}`. */
  prompt(question: string, template: string): string {
    const letters = this.#choices.map((_, index) => answerLetter(index)).join(',')
    return formatTemplate(template, { question, choices: this.text, letters })
  }
}

/** `A` to `Z`, then `1`, `2`, … */
export function answerLetter(index: number): string {
  return index < 26 ? String.fromCodePoint(65 + index) : String(index - 25)
}

/** The index of a choice from its letter or number. Throws for what is neither. */
export function answerIndex(letter: string): number {
  if (/^[a-z]$/i.test(letter)) return letter.toUpperCase().codePointAt(0)! - 65
  if (/^[1-9]\d*$/.test(letter)) return 25 + Number(letter)
  throw new Error(`${letter} names no choice: they are A to Z, then 1, 2 and so on`)
}
