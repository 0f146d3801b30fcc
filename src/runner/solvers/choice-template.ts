/** How a question with choices is put, and how it is to be answered, so that `parseAnswers` finds it. */
export function choiceTemplate(cot: boolean, multipleCorrect: boolean): string {
  const task = multipleCorrect
    ? 'Here is a question with choices, of which one or more are right.'
    : 'Here is a question with choices, of which one is right.'
  const form = multipleCorrect
    ? "'ANSWER: $LETTERS', without quotes, where LETTERS is one or more of {letters}"
    : "'ANSWER: $LETTER', without quotes, where LETTER is one of {letters}"
  const answer = cot
    ? `Think step by step first, and write it down; then end with one line of the form ${form}.`
    : `Answer with nothing but one line of the form ${form}.`
  return `${task} ${answer}\n\n{question}\n\n{choices}`
}
