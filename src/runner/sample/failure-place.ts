const places = new WeakMap<object, string>()

/** The same error, of which it is known from now on where it was thrown: `scorer match of sample 3`. Its message is as in Inspect. */
export function placed(thrown: unknown, place: string): unknown {
  if (typeof thrown === 'object' && thrown !== null) places.set(thrown, place)
  return thrown
}

export function placeOf(thrown: unknown): string | undefined {
  return typeof thrown === 'object' && thrown !== null ? places.get(thrown) : undefined
}
