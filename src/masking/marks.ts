/** Stands for a secret. */
export const masked = '[masked]'

/** Stands for a value of which nobody can say whether it holds a secret, because a mask failed. */
export const withheld = '[withheld]'
