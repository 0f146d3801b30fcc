/** What code of users gives: at once, or later. */
export type Awaitable<T> = T | Promise<T>
