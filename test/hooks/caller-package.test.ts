import { describe, expect, it } from 'vitest'
import { callerPackage, packageOfFile } from '../../src/hooks/caller-package.ts'

describe('packageOfFile', () => {
  it.each([
    ['/home/me/evals/main.ts', undefined],
    ['/p/node_modules/slack/registry.js', 'slack'],
    ['file:///p/node_modules/@team/sl%20ack/dist/x.js', '@team/sl ack'],
    ['/p/node_modules/.pnpm/slack@1.0.0/node_modules/slack/x.js', 'slack'],
    ['/p/node_modules/.pnpm/@team+slack@1.0.0/node_modules/@team/slack/x.js', '@team/slack'],
    ['/p/node_modules/a/node_modules/b/x.js', 'b'],
    ['/p/node_modules/.vite/deps/slack.js', undefined],
    ['/p/node_modules/single.js', undefined],
    ['/p/my_node_modules/slack/x.js', undefined],
    ['C:\\p\\node_modules\\@team\\slack\\x.js', '@team/slack'],
    ['node:internal/modules', undefined],
    ['evalmachine.<anonymous>', undefined],
  ])('of %s is %s', (file, expected) => {
    expect(packageOfFile(file)).toBe(expected)
  })
})

describe('callerPackage', () => {
  it("leaves the process's stack traces as they were", () => {
    const { stackTraceLimit } = Error
    const formatter = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
    expect(callerPackage(() => {})).toBeUndefined()
    expect(Error.stackTraceLimit).toBe(stackTraceLimit)
    expect(Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')).toEqual(formatter)
  })
})
