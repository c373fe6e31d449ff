import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { announceUp, bootSteps } from '../../../../src/cluster/up/steps.ts';
import { parseClusterSpec } from '../../../../src/config/parse-cluster-spec.ts';
import type { Event } from '../../../../src/events.ts';

const supervise = 'images/slice/rootfs/usr/lib/vcluster-box/vcluster_slice/boot/supervise.py';

describe('the steps of up', () => {
  it('cover all steps of the slice’s program, in its order', () => {
    const [, table = ''] = /^BOOT = \(\n(.*?)^\)/ms.exec(readFileSync(supervise, 'utf8')) ?? [];
    const boot = [...table.matchAll(/Step\("(\w+)"/g)].map(([, id]) => id);
    expect(boot).toContain('network');
    // It reads its plan before it takes the steps of the table.
    expect(bootSteps({ hosts: 2, instances: 1 }).flatMap((step) => step.of)).toEqual(['plan', ...boot]);
  });

  it('are announced as far as the options need them, in the order in which they are taken', () => {
    const announced = (options: object) => {
      const events: Event[] = [];
      announceUp((event) => events.push(event), parseClusterSpec({ name: 'lab', ...options }, 'test').spec);
      return events.flatMap((event) => (event.type === 'run-started' ? event.steps.map(({ id }) => id) : []));
    };
    const always = ['boot', 'init', 'join', 'daemons', 'ready'];
    expect(announced({})).toEqual(['check', 'base', 'image', 'container', ...always]);
    const [boot, ...rest] = always;
    expect(
      announced({ hosts: ['ssh://a', 'ssh://b'], instances: 2, publish: ['8080:node1:80'], verify: true }),
    ).toEqual(['check', 'base', 'image', 'copy', 'container', 'ports', boot, 'peers', ...rest, 'instances', 'verify']);
  });
});
