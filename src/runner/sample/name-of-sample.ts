/** What tells a sample of a log from the others: `1` and `"1"` are the same one to Inspect's logs. */
export function nameOfSample(id: string | number, epoch: number): string {
  return `${epoch} ${id}`
}
