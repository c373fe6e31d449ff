import { defineConfig } from 'vitest/config';

/** The tests of pure code, as one project: Stryker does not take the projects of vitest.config.ts. */
export default defineConfig({
  test: {
    setupFiles: ['test/support/exit-matcher.ts'],
    globalSetup: 'test/support/temporary-folder.ts',
    include: ['test/unit/{archive,config,multi-engine,plan,qa}/*.test.ts', 'test/unit/cli/{cp,qa}*.test.ts'],
    isolate: false,
    update: 'none',
    testTimeout: 60_000,
  },
});
