import { casefold, floatText, isPunctuation, parseFinite, splitWords, stripPunctuation } from '../text/python-text.ts'

const articles = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu

/** The words of an answer that count: without case, punctuation and articles, numbers in one form, and no stop words. */
export function normalizeAnswer(text: string, stopWords: readonly string[] = []): string {
  const stops = stopWords.map(normalizeToken)
  const tokens = text.split(/[ -]/).map(normalizeToken)
  return tokens.filter((token) => token !== '' && !stops.includes(token)).join(' ')
}

function normalizeToken(token: string): string {
  const text = normalizeNumber(casefold(token))
  return splitWords(text.replaceAll(articles, ' ')).join(' ')
}

/** A number keeps its point, also with punctuation around. */
function normalizeNumber(text: string): string {
  const value = parseFinite(text) ?? parseFinite(stripPunctuation(text)) ?? parseFinite(withoutPunctuation(text))
  return value === undefined ? withoutPunctuation(text) : floatText(value)
}

function withoutPunctuation(text: string): string {
  return Array.from(text)
    .filter((each) => !isPunctuation(each))
    .join('')
}
