import { defineConfig, type ViteUserConfig } from 'vitest/config'

const reporters = ['default', './test/count-reporter.ts']

const config: ViteUserConfig = defineConfig({
  test: {
    reporters,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/real/**'] } },
      {
        extends: true,
        test: { name: 'real', include: ['test/real/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
      },
    ],
  },
})

export default config
