/** The name of an option as Inspect's logs have it: `maxTokens` is `max_tokens`. */
export function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
