const secretName = /(^|_)(API_?KEY|ACCESS_KEY|TOKEN|SECRET|PASSWORD)$/i
/** What is shorter may be a word like any other. */
const shortest = 8

/** A text without the keys that a provider may have repeated in it: those given, and those of the environment. */
export function hideKeys(
  text: string,
  keys: readonly string[],
  environment: { readonly [name: string]: string | undefined } = process.env,
): string {
  const values = Object.entries(environment).flatMap(([name, value]) => (secretName.test(name) && value ? [value] : []))
  return [...keys, ...values]
    .filter((key) => key.length >= shortest)
    .reduce((hidden, key) => hidden.replaceAll(key, '***'), text)
}
