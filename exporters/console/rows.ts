import type { Step } from './sample.ts'

/** A line of the waterfall. */
export interface Row {
  readonly step: Step
  /** The lines that lead to it: `│ ├ `. */
  readonly indent: string
  /** Other steps are part of it, shown or not. */
  readonly inner: boolean
}

/**
 * The steps of a sample as an indented tree, in order of time. Of more than `limit` steps those with an error and the
 * longest are kept, and whatever they hang on. The first step is the root; what has no known parent hangs below it.
 */
export function rowsOf(steps: readonly Step[], limit: number): Row[] {
  const root = steps[0]
  if (!root) return []
  const tree = new Tree(root, steps)
  const kept = steps.length > limit ? choose(tree, steps, limit) : undefined

  const rows: Row[] = []
  const waiting: { step: Step; above: string; connector: string }[] = [{ step: root, above: '', connector: '' }]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { step, above, connector } = next
    rows.push({ step, indent: above + connector, inner: tree.childrenOf(step).length > 0 })
    const below = above + continued[connector]
    const children = tree.childrenOf(step).filter((child) => !kept || kept.has(child))
    for (const [index, child] of children.toReversed().entries()) {
      waiting.push({ step: child, above: below, connector: index === 0 ? '└ ' : '├ ' })
    }
  }
  return rows
}

const continued: Record<string, string> = { '': '', '├ ': '│ ', '└ ': '  ' }

/** Parents and children, whatever the spans say: no step is lost and none is its own ancestor. */
class Tree {
  readonly #parents = new Map<Step, Step>()
  readonly #children = new Map<Step, Step[]>()

  constructor(root: Step, steps: readonly Step[]) {
    const byId = new Map(steps.map((step) => [step.id, step]))
    for (const step of steps.slice(1).toSorted((left, right) => left.start - right.start || right.end - left.end)) {
      const parent = (step.parentId !== undefined && byId.get(step.parentId)) || root
      this.#hang(step, parent === step || this.#isBelow(parent, step) ? root : parent)
    }
  }

  childrenOf(step: Step): readonly Step[] {
    return this.#children.get(step) ?? []
  }

  /** A step and what it hangs on, up to the root. */
  *lineage(step: Step): Generator<Step> {
    for (let next: Step | undefined = step; next; next = this.#parents.get(next)) yield next
  }

  #hang(step: Step, parent: Step): void {
    this.#parents.set(step, parent)
    const children = this.#children.get(parent)
    if (children) children.push(step)
    else this.#children.set(parent, [step])
  }

  #isBelow(step: Step, ancestor: Step): boolean {
    for (const each of this.lineage(step)) if (each === ancestor) return true
    return false
  }
}

function choose(tree: Tree, steps: readonly Step[], limit: number): Set<Step> {
  const kept = new Set<Step>(steps.slice(0, 1))
  for (const step of steps.toSorted(mostWorthFirst)) {
    if (kept.size >= limit) break
    const missing = [...tree.lineage(step)].filter((each) => !kept.has(each))
    if (kept.size + missing.length <= limit) for (const each of missing) kept.add(each)
  }
  return kept
}

function mostWorthFirst(left: Step, right: Step): number {
  const failed = Number(right.error !== undefined) - Number(left.error !== undefined)
  return failed || right.end - right.start - (left.end - left.start)
}
