import type { LogModel, Part } from './log-model.ts'

/** An event log: a record on each line. */
export function lineModel(text: string): LogModel {
  const parts = text
    .trimEnd()
    .split('\n')
    .map((line, index): Part => ({ name: `line ${index + 1}`, role: 'line', text: line }))
  return {
    zip: undefined,
    parts,
    write(changes = new Map()) {
      let start = 0
      const pieces: Buffer[] = []
      const regions = parts.flatMap((part) => {
        const line = changes.has(part) ? changes.get(part) : part.text
        if (line === undefined) return []
        const piece = Buffer.from(`${line}\n`)
        pieces.push(piece)
        const region = { start, end: start + piece.length, what: part.name }
        start = region.end
        return [region]
      })
      return { bytes: Buffer.concat(pieces), regions }
    },
  }
}
