import { afterAll, beforeAll, describe } from 'vitest';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { createForBooks } from './cluster-for-books.ts';
import { follow } from './follow.ts';
import { guide } from './guide/book.ts';

describe.skipIf(!dockerAvailable)(guide.title, () => {
  const name = testCluster('guide');
  const networks = ['--bridge', 'br100=192.0.2.0/24', '--secondary-subnet', '198.51.100.0/24'];
  beforeAll(() => createForBooks(name, ['-n', '5', ...networks]), 600_000);
  afterAll(() => vcluster(['down', name]));

  follow(name, guide);
});
