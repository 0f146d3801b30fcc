import stringWidth from 'string-width'

/** A table with aligned columns: rows of cells, each with its lines. */
export function tableLines(rows: readonly (readonly (readonly string[])[])[]): string[] {
  const columns = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.flatMap((row) => (row[column] ?? []).map((line) => stringWidth(line))), 0),
  )
  return rows.flatMap((row) => {
    const height = Math.max(...row.map((cell) => cell.length), 1)
    return Array.from({ length: height }, (_, line) =>
      widths
        .map((width, column) => {
          const text = row[column]?.[line] ?? ''
          return text + ' '.repeat(width - stringWidth(text))
        })
        .join('  ')
        .trimEnd(),
    )
  })
}
