/** Runs a task for each number from 0, so many at a time. Results are in the order of the numbers. */
export async function inPool<T>(count: number, atOnce: number, task: (number: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < count) {
      const number = next++
      results[number] = await task(number)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}
