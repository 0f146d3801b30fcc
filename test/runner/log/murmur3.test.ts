import { expect, it } from 'vitest'
import { murmur3 } from '../../../src/runner/log/murmur3.ts'

// Each with what `mm3_hash` of Inspect 0.3.285 gives.
it.each([
  ['', '00000000000000000000000000000000'],
  ['a', '85555565f6597889e6b53a48510e895a'],
  ['hello, world', '342fac623a5ebc8e4cdcbc079642414d'],
  ['x'.repeat(15), '1cfd62bac822c29a381530a121efa404'],
  ['x'.repeat(16), '68ccbbacd92543dd6d7d20e2c261c3b0'],
  ['x'.repeat(17), 'e29865cea229de939c4fbd9aef38356b'],
  ['y'.repeat(200), '2e3865d450b5e9899c646a4d686580dc'],
  ['Grüße aus Zürich, 世界 💡', '6c76367d89ecd57967a85ac13f98b8e2'],
])('hashes %j as Inspect does', (text, expected) => {
  expect(murmur3(Buffer.from(text))).toBe(expected)
})
