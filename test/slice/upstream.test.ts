import { beforeAll, describe, expect, it } from 'vitest';
import { clusterFacts } from '../support/cluster-facts.ts';
import type { Facts } from '../support/config-facts.ts';
import { differences } from '../support/differences.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { startSlice } from '../support/slice.ts';
import { planLikeUpstream, startUpstream } from '../support/upstream.ts';
import { listedDifferences } from '../support/upstream-differences.ts';

describe.skipIf(!dockerAvailable).each(['3.0', '3.1'] as const)(
  'a slice beside upstream’s way, Ganeti %s',
  (ganeti) => {
    let [theirs, ours]: Facts[] = [];
    beforeAll(async () => {
      await using upstream = await startUpstream(ganeti);
      await using slice = await startSlice({ ganeti, plan: planLikeUpstream });
      // wconfd then rewrites the configuration of `gnt-cluster init`, or ours, with all defaults.
      for (const { gnt } of [upstream, slice]) await gnt('node1', 'gnt-cluster', 'redist-conf');
      [theirs, ours] = [await clusterFacts(upstream), await clusterFacts(slice)];
    });

    it('differs in exactly what is listed, each with its reason', () => {
      const listed = Object.keys(listedDifferences(ganeti)).toSorted();
      expect(differences(theirs ?? {}, ours ?? {})).toEqual(listed);
    });

    it.each([
      ['tree', 250],
      ['config', 300],
      ['ssconf', 100],
      ['defaults', 27],
      ['certificate', 6],
      ['script', 7],
    ])('was compared in every respect: %s', (kind, least) => {
      for (const facts of [theirs, ours]) {
        const about = Object.keys(facts ?? {}).filter((key) => key.split(/[ .]/)[0] === kind);
        expect(about.length).toBeGreaterThanOrEqual(least);
      }
    });

    it.each(['node1', 'node2', 'node3'])('has a certificate of its own for %s, known to the configuration', (node) => {
      expect(ours?.[`certificate ${node} is in the configuration`]).toBe('true');
      expect(ours?.[`certificate ${node}`]).toContain('client.pem: OK');
    });
  },
);
