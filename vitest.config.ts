import { defineConfig, type ViteUserConfig } from 'vitest/config'

/** They start many processes or wait for time limits, and would take the time of all others. */
const heavy = [
  'test/faults/**/*.test.ts',
  'test/cli/top/top.test.ts',
  'test/delivery/backend-down.test.ts',
  'test/delivery/outbox/{process,full-disk}.test.ts',
  'test/exporters/otlp/check.test.ts',
  'test/inspect/{damaged,buffer/sample-buffer}.test.ts',
  'test/masking/{disk-and-wire,echo,own-masks}.test.ts',
  'test/scripts/fidelity/{doctored,main}.test.ts',
  'test/cli/{flush,main,replay-again,retry-and-drop,running-eval,status,watch,where}.test.ts',
  'test/conformance/recorded.test.ts',
  'test/runner/{attempt-timeout,hanging,keys-in-content,killed-eval,signals,hooks/balance,log/killed}.test.ts',
]

/** What needs Inspect, and no server. */
const withInspect = 'test/real/inspect-*.test.ts'

const config: ViteUserConfig = defineConfig({
  test: {
    reporters: ['default', './test/count-reporter.ts'],
    setupFiles: './test/setup.ts',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/real/**', 'test/fixtures/**', ...heavy],
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['test/real/**/*.test.ts'],
          exclude: [withInspect],
          globalSetup: './test/real/global-setup.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'inspect',
          include: [withInspect],
          globalSetup: './test/real/inspect-setup.ts',
          testTimeout: 180_000,
          hookTimeout: 120_000,
          maxConcurrency: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: heavy,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxConcurrency: 3,
        },
      },
    ],
  },
})

export default config
