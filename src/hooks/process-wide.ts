/**
 * The one object of that name in this process, made by whoever asks first: several copies of the package can be loaded
 * (one of an application, one of a plugin), and a hook registered with any of them counts for all.
 */
export function processWide<T>(name: string, create: () => T): T {
  const holder = globalThis as unknown as { [key: symbol]: T | undefined }
  return (holder[Symbol.for(`evalspan.${name}`)] ??= create())
}
