import { beforeAll, describe, expect, it } from 'vitest';
import { ganetiVersions } from '../../src/image/releases.ts';
import { growPlan } from '../../src/plan/grow.ts';
import { clusterFacts } from '../support/cluster-facts.ts';
import type { Facts } from '../support/config-facts.ts';
import { differences } from '../support/differences.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { changeNodes, livingPlan } from '../support/slice-nodes.ts';
import { startSlice } from '../support/slice.ts';
import { planLikeUpstream } from '../support/upstream.ts';

/** How an added node differs from an initial node, and why: `initial -> added`. */
const listed = {
  'certificate joined:         Version: 3 (0x2) ->         Version: 1 (0x0)':
    'Ganeti makes it with pyOpenSSL, whose default is version 1; we make all others with a library that supports only version 3',
  'tree joined/var/lib/ganeti/queue/lock: f 600 root:root -> f 640 gnt-masterd:gnt-daemons':
    'created by its first user; gnt-node add starts daemons by daemon-util, whose ensure-dirs sets the mode',
};

describe.skipIf(!dockerAvailable).each(ganetiVersions)('a node that is added, Ganeti %s', (ganeti) => {
  let [first, added]: Facts[] = [];
  beforeAll(async () => {
    await using whole = await startSlice({ ganeti, nodes: 3, plan: planLikeUpstream });
    await using grown = await startSlice({ ganeti, nodes: 2, plan: planLikeUpstream });
    const [addition] = growPlan(await livingPlan(grown), 1);
    const node = { ...addition?.node, address: '192.0.2.12' };
    const { status, events } = await changeNodes(grown, 'add-node', { ...addition, node, instances: [] });
    expect({ status, last: events.at(-1)?.type }).toEqual({ status: 0, last: 'step-progress' });
    for (const { gnt } of [whole, grown]) await gnt('node1', 'gnt-cluster', 'redist-conf');
    [first, added] = [await clusterFacts(whole), await clusterFacts(grown)];
  }, 600_000);

  it('differs from an initial node in exactly what is listed', () => {
    expect(differences(first ?? {}, added ?? {})).toEqual(Object.keys(listed).toSorted());
  });
});
