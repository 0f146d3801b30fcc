/** The name of an option for one of Inspect's: `max_tokens` is `maxTokens`. */
export function toCamelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
