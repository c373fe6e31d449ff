import { afterAll, beforeAll, describe } from 'vitest';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { createForBooks } from './cluster-for-books.ts';
import { follow } from './follow.ts';
import { walkthrough } from './walkthrough/book.ts';

describe.skipIf(!dockerAvailable)(walkthrough.title, () => {
  const name = testCluster('walkthrough');
  beforeAll(() => createForBooks(name, ['-n', '3', '--secondary-subnet', '192.0.2.0/24']), 600_000);
  afterAll(() => vcluster(['down', name]));

  follow(name, walkthrough);
});
