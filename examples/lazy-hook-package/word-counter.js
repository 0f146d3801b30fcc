import { Hooks } from 'evalspan'

// A library that takes long to load would be imported here.
const words = new Intl.Segmenter('en', { granularity: 'word' })

export class WordCounter extends Hooks {
  #count = 0

  onSampleEnd({ sample }) {
    const answer = sample.output?.completion ?? ''
    this.#count += [...words.segment(answer)].filter(({ isWordLike }) => isWordLike).length
  }

  onRunEnd({ run_id }) {
    console.log(`run ${run_id}: ${this.#count} words`)
  }
}
