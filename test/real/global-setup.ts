import type { TestProject } from 'vitest/node'
import { messageOf } from '../../src/errors.ts'
import { fetchAzurite, fetchGcsServer, fetchVersitygw, go } from './fetched-servers.ts'
import { buildJaeger } from './jaeger-binary.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The path of the Jaeger binary; empty when there is none and Go is missing. */
    jaeger: string
    /** Names of the stores whose servers are here. */
    stores: readonly string[]
  }
}

const stores: readonly { readonly name: string; readonly needsGo: boolean; readonly fetch: () => string }[] = [
  { name: 'S3', needsGo: true, fetch: fetchVersitygw },
  { name: 'Google Cloud Storage', needsGo: true, fetch: fetchGcsServer },
  { name: 'Azure Blob Storage', needsGo: false, fetch: fetchAzurite },
]

/** All that is built or fetched, before any test begins: some of it takes minutes the first time. */
export default function setup(project: TestProject): void {
  const jaeger = buildJaeger()
  if (jaeger === undefined) {
    console.log('Skipped: all that needs Jaeger or the Collector, because Go is not installed to build it with')
  }
  project.provide('jaeger', jaeger ?? '')
  project.provide('stores', ['a web server', ...stores.filter(isHere).map(({ name }) => name)])
}

function isHere({ name, needsGo, fetch }: (typeof stores)[number]): boolean {
  const missing = needsGo && go === undefined ? 'Go is not installed to build its server with' : problemOf(fetch)
  if (missing === undefined) return true
  console.log(`Skipped: all that needs a server of ${name}, because ${missing}`)
  return false
}

function problemOf(fetch: () => string): string | undefined {
  try {
    fetch()
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}
