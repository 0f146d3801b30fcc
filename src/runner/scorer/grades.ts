/** What a scorer gives for right, wrong and partly right answers, and for none. */
export const CORRECT = 'C'
export const INCORRECT = 'I'
export const PARTIAL = 'P'
export const NOANSWER = 'N'
