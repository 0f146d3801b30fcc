import { existsSync } from 'node:fs'
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const index = join(root, 'src/index.ts')

describe('the package', () => {
  it.skipIf(!existsSync(index))('exports these names', async () => {
    const exported = (await import(pathToFileURL(index).href)) as object
    expect(Object.keys(exported).toSorted()).toMatchInlineSnapshot(`
      [
        "CORRECT",
        "Emitter",
        "EvalspanError",
        "Hooks",
        "INCORRECT",
        "LimitExceededError",
        "NOANSWER",
        "PARTIAL",
        "Registry",
        "Task",
        "TaskState",
        "ToolError",
        "accuracy",
        "answer",
        "atLeast",
        "bootstrapStderr",
        "callTools",
        "chain",
        "choice",
        "csvDataset",
        "evalRetry",
        "evalSet",
        "evaluate",
        "exact",
        "f1",
        "fromRecord",
        "fromWireName",
        "generate",
        "getModel",
        "globalRegistry",
        "grouped",
        "hasApiKeyOverride",
        "hookNames",
        "hooks",
        "includes",
        "info",
        "jsonDataset",
        "jsonlDataset",
        "majorityScore",
        "match",
        "maxScore",
        "mean",
        "meanScore",
        "medianScore",
        "memoryDataset",
        "metric",
        "mockModel",
        "modeScore",
        "modelError",
        "modelGradedFact",
        "modelGradedQa",
        "modelOutput",
        "multiScorer",
        "multipleChoice",
        "openLog",
        "openSession",
        "passAt",
        "passK",
        "pattern",
        "promptTemplate",
        "reducer",
        "replay",
        "resolveApiKey",
        "sampleState",
        "scorer",
        "solver",
        "span",
        "spanHooks",
        "startHooks",
        "std",
        "stderr",
        "store",
        "systemMessage",
        "task",
        "textOf",
        "toRecord",
        "toWireName",
        "toolInfos",
        "useTools",
        "userMessage",
        "valueToFloat",
        "variance",
      ]
    `)
  })

  it('pins every dependency to one version', async () => {
    const { dependencies, devDependencies } = await readJson('package.json')
    const loose = Object.entries({ ...dependencies, ...devDependencies })
      .filter(([, version]) => !/^(npm:.+@)?\d+\.\d+\.\d+$/.test(version))
      .map(([name, version]) => `${name}@${version}`)
    expect(loose).toEqual([])
  })

  it('has one copy of each OpenTelemetry package installed', async () => {
    const copies = new Map<string, string[]>()
    for await (const path of glob('node_modules/**/@opentelemetry/*/package.json', { cwd: root })) {
      const { name, version } = await readJson(path)
      copies.set(name, [...(copies.get(name) ?? []), `${version} in ${path}`])
    }
    expect(copies.size).toBeGreaterThan(6)
    expect([...copies].filter(([, found]) => found.length > 1)).toEqual([])
  })

  it('runs on the Node that its guard asks for', async () => {
    const { engines } = await readJson('package.json')
    expect(engines).toEqual({ node: '>=22.18' })
    expect(await readFile(join(root, 'scripts/need-node.js'), 'utf8')).toContain('major === 22 && minor < 18')
  })

  it('names no registry in its lock file', async () => {
    expect(await readFile(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved"|\.tgz/)
  })
})

interface Manifest {
  name: string
  version: string
  engines: object
  dependencies: { [name: string]: string }
  devDependencies: { [name: string]: string }
}

async function readJson(path: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(root, path), 'utf8')) as Manifest
}
