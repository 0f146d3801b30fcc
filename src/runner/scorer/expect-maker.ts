import { EvalspanError } from '../../errors.ts'
import { isObject } from '../../hooks/is-object.ts'

/** Throws a `BAD_OPTION` error where a metric or a reducer is not made of a name, parameters and a function. */
export function expectMaker(kind: 'metric' | 'reducer', name: unknown, params: unknown, make: unknown): void {
  const shown = typeof name === 'string' && name !== '' ? name : 'without a name'
  const wrong = (advice: string): EvalspanError => new EvalspanError('BAD_OPTION', `${kind} ${shown}: ${advice}`)
  if (shown !== name) throw wrong(`give it one first: ${kind}(name, params, function)`)
  if (!isObject(params)) throw wrong('give its parameters second, {} for none')
  if (typeof make !== 'function') throw wrong('give third the function that is called with the scores')
}
