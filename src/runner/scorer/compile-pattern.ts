import { EvalspanError, messageOf } from '../../errors.ts'

/** The expression, for finding it once, wherever it is; an error that names the option when it is none. */
export function compilePattern(expression: string | RegExp, option: string, ignoreCase = false): RegExp {
  const { source, flags } = typeof expression === 'string' ? { source: expression, flags: '' } : expression
  const kept = flags.replaceAll(/[gy]/g, '')
  try {
    return new RegExp(source, ignoreCase && !kept.includes('i') ? `${kept}i` : kept)
  } catch (error) {
    throw new EvalspanError('BAD_OPTION', `${option} is no regular expression of JavaScript: ${messageOf(error)}`)
  }
}
