import type { SampleRows, SegmentPart } from './sample-rows.ts'

/** What a buffer has, as Inspect's `Manifest`. */
export function bufferManifest(samples: readonly SampleRows[]): object {
  const listed = samples.flatMap(({ listed: sample, segments }) =>
    sample ? [{ summary: sample.summary, segments, metadata_hash: sample.metadataHash }] : [],
  )
  const wholes = new Map<number, SegmentPart>()
  for (const part of listed.flatMap(({ segments }) => segments)) {
    const whole = wholes.get(part.id)
    wholes.set(part.id, whole ? latest(whole, part) : part)
  }
  const segments = [...wholes.values()].toSorted((a, b) => a.id - b.id)
  return { metrics: [], samples: listed, segments }
}

function latest(a: SegmentPart, b: SegmentPart): SegmentPart {
  return {
    id: a.id,
    last_event_id: Math.max(a.last_event_id, b.last_event_id),
    last_attachment_id: Math.max(a.last_attachment_id, b.last_attachment_id),
    last_message_pool_id: Math.max(a.last_message_pool_id, b.last_message_pool_id),
    last_call_pool_id: Math.max(a.last_call_pool_id, b.last_call_pool_id),
  }
}
