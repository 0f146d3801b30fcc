import type { Comparison } from './compare-scenarios.ts'
import type { Difference } from './compare/difference.ts'

const words = {
  same: 'same',
  intended: 'same but for intended differences',
  different: 'DIFFERENT',
  failed: 'COULD NOT BE COMPARED',
}

/** A line for each scenario, and what is different. `all`: the intended differences too. */
export function reportText(comparisons: readonly Comparison[], all: boolean): string {
  const width = Math.max(...comparisons.map(({ name }) => name.length))
  const lines = comparisons.map(({ name, outcome, differences, intended }) => {
    const count = outcome === 'different' ? ` (${differences.length})` : ''
    const names = [...new Set(intended.map((each) => each.name))]
    return `${name.padEnd(width)}  ${words[outcome]}${count}${names.length > 0 ? `: ${names.join(', ')}` : ''}`
  })
  const details = comparisons.flatMap((comparison) => {
    const listed = [...comparison.differences, ...(all ? comparison.intended : [])]
    const isBad = comparison.outcome === 'different' || comparison.outcome === 'failed'
    if (!isBad && listed.length === 0) return []
    return ['', `== ${comparison.name}`, ...bySection(listed), ...(isBad ? ['', comparison.output.trimEnd()] : [])]
  })
  return [...lines, ...details].join('\n')
}

function bySection(differences: readonly Difference[]): string[] {
  return [...Map.groupBy(differences, ({ section }) => section)].flatMap(([section, list]) => [
    section,
    ...list.flatMap(({ what, field, ours, inspect }) => [
      `  ${what}${field === '' ? '' : `: ${field}`}`,
      `    ours:    ${shown(ours)}`,
      `    Inspect: ${shown(inspect)}`,
    ]),
  ])
}

function shown(value: unknown): string {
  if (value === undefined) return '(nothing)'
  const text = JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'number' && !Number.isFinite(each) ? String(each) : each,
  )
  return text.length > 500 ? `${text.slice(0, 500)}…` : text
}
