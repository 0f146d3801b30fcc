import { Masker } from '../masking/masker.ts'
import { openMasker } from '../open-masker.ts'
import type { Finding } from './doctor-report.ts'

/** The masker that everything else uses; the built-in one where `EVALSPAN_MASK` cannot be used, which is told elsewhere. */
export function doctorMasker(cwd: string): Masker {
  try {
    return openMasker({ cwd })
  } catch {
    return new Masker()
  }
}

/** What a server answers may well hold the key that it was sent. */
export function maskFinding(finding: Finding, masker: Masker): Finding {
  const { detail, advice } = finding
  return { ...finding, detail: masker.text(detail), ...(advice !== undefined && { advice: masker.text(advice) }) }
}
