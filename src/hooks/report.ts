import { messageOf } from '../errors.ts'

/** Takes one line for the user. */
export type Report = (message: string) => void

/** Where reports go when nobody says: standard error. */
export const reportToStderr: Report = (message) => console.error(`evalspan: ${message}`)

/** A report that cannot fail, for places from which no error may escape. */
export function safely(report: Report): Report {
  return (message) => {
    try {
      report(message)
    } catch {
      // Nobody is left to be told.
    }
  }
}

/** The message of anything that was thrown, on one line. */
export function lineOf(error: unknown): string {
  return messageOf(error)
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .trim()
}
