import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/cluster.ts',
    // The first run on a machine builds an image, which takes a minute or two. Ganeti jobs take seconds.
    hookTimeout: 600_000,
    testTimeout: 60_000,
  },
});
