import { beforeAll, describe, expect, it } from 'vitest';
import type { GanetiVersion } from '../../src/config/defaults.ts';
import { growPlan } from '../../src/plan/grow.ts';
import { clusterFacts } from '../support/cluster-facts.ts';
import type { Facts } from '../support/config-facts.ts';
import { differences } from '../support/differences.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { changeNodes, currentPlan } from '../support/slice-nodes.ts';
import { type Slice, startSlice } from '../support/slice.ts';
import { planLikeUpstream, startUpstream } from '../support/upstream.ts';
import { listedDifferences } from '../support/upstream-differences.ts';

/** How an added node differs from an initial node, and why: `initial -> added`. */
const differencesOfAddedNode = {
  'certificate joined:         Version: 3 (0x2) |                 Public-Key: (256 bit) ->         Version: 1 (0x0) |                 Public-Key: (2048 bit)':
    'Ganeti makes it with pyOpenSSL, whose default is version 1, and with RSA; we make all others with a library that supports only version 3, and with an elliptic curve',
  'tree joined/var/lib/ganeti/queue/lock: f 600 root:root -> f 640 gnt-masterd:gnt-daemons':
    'created by its first user; gnt-node add starts daemons by daemon-util, whose ensure-dirs sets the mode',
};

async function factsOf(slice: Slice): Promise<Facts> {
  // wconfd then rewrites the configuration of `gnt-cluster init`, or ours, with all defaults.
  await slice.gnt('node1', 'gnt-cluster', 'redist-conf');
  return clusterFacts(slice);
}

/** A slice with two nodes, to which the third was added. */
async function factsOfGrown(ganeti: GanetiVersion): Promise<Facts> {
  await using grown = await startSlice({ ganeti, nodes: 2, plan: planLikeUpstream });
  const [addition] = growPlan(await currentPlan(grown), 1);
  const node = { ...addition?.node, address: '192.0.2.12' };
  const { status, events } = await changeNodes(grown, 'add-node', { ...addition, node, instances: [] });
  expect({ status, last: events.at(-1)?.type }).toEqual({ status: 0, last: 'step-progress' });
  return await factsOf(grown);
}

describe.skipIf(!dockerAvailable).each(['3.0', '3.1'] as const)(
  'a slice beside upstream’s way, Ganeti %s',
  (ganeti) => {
    let [theirs, ours, grown]: Facts[] = [];
    beforeAll(async () => {
      await using upstream = await startUpstream(ganeti);
      theirs = await factsOf(upstream);
      await using slice = await startSlice({ ganeti, plan: planLikeUpstream });
      ours = await factsOf(slice);
      grown = await factsOfGrown(ganeti);
    }, 600_000);

    it('has an added node that differs from an initial node in exactly what is listed', () => {
      expect(differences(ours ?? {}, grown ?? {})).toEqual(Object.keys(differencesOfAddedNode).toSorted());
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
