/** For an answer that has to meet what the target says. */
export const qaTemplate = `
Judge whether an answer to a task meets a criterion. This is all there is to judge by:

[BEGIN DATA]
***
[Task]: {question}
***
[Submission]: {answer}
***
[Criterion]: {criterion}
***
[END DATA]

Is the criterion met by the submission?

{instructions}
`

/** For an answer that has to say what the target says. */
export const factTemplate = `
Compare an answer to a question with the answer of an expert. This is all there is to compare:

[BEGIN DATA]
************
[Question]: {question}
************
[Expert]: {criterion}
************
[Submission]: {answer}
************
[END DATA]

Only facts count: how the submission is put, its grammar and its punctuation do not matter.

Is what the expert says contained in the submission?

{instructions}
`

/** How the grader is to answer, so that the grade can be found. */
export function gradingInstructions(partialCredit: boolean): string {
  const grades = partialCredit ? 'C, P or I' : 'C or I'
  const partly = partialCredit ? ', P when it is partly correct' : ''
  return `
Think step by step first, and write your reasons down, so that the grade follows from them and not the other way round.

Then end with one line of the form 'GRADE: $LETTER', without quotes, where LETTER is one of ${grades}: C when the submission is correct${partly}, and I when it is incorrect. For a correct submission, for example, the last line is 'GRADE: C', and for an incorrect one it is 'GRADE: I'.
`
}
