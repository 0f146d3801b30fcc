import type { Dataset, Sample } from '../sample.ts'
import type { NamedSample } from '../task-context.ts'
export async function readDataset(d: Dataset | Iterable<Sample> | AsyncIterable<Sample>): Promise<{ name?: string; location?: string; samples: NamedSample[] }> {
  const src = 'samples' in d ? d.samples : d
  const out: NamedSample[] = []
  for await (const s of src as AsyncIterable<Sample>) out.push({ ...s, id: s.id ?? out.length + 1 })
  return { samples: out }
}
