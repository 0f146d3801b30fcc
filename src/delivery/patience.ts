/** How long a flush may take: until there is no progress for the time limit, or the time limit in all. */
export type Patience = 'progress' | 'strict'
