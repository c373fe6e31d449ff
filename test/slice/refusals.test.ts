import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { type SliceEvent, untilEnded } from '../support/slice-events.ts';
import { python } from '../support/slice-python.ts';
import { createSlice, type Slice, type SliceOptions, startSlice } from '../support/slice.ts';
import { createSlices } from '../support/slices.ts';

const imagePlan = () => undefined;
const needing = (needs: Partial<Plan['needs']>) => (plan: Plan) => ({ ...plan, needs: { ...plan.needs, ...needs } });
const nodesFromImage = (count: string) => ({ plan: imagePlan, settings: { env: { VCLUSTER_BOX_NODES: count } } });
const secretAt = (path: string) => ({ env: { VCLUSTER_BOX_RAPI_PASSWORD_FILE: path } });

/** As `vcluster-slice changes` writes it when the image is built. */
const misfit = {
  ...{
    change: 'init_only',
    purpose: 'Lets `gnt-cluster init` write files only.',
    lost: 'the cluster cannot be created',
  },
  ...{ vital: true, reason: 'no such place' },
};

type Case = readonly [what: string, options: SliceOptions, told: Partial<Record<keyof SliceEvent, unknown>>];
const cases: readonly Case[] = [
  [
    'without the capability NET_ADMIN',
    { settings: { capAdd: ['CHOWN', 'SETUID', 'SETGID'] } },
    {
      step: 'check',
      message: 'the capability NET_ADMIN is missing, so the container cannot set up its own network',
      hint: expect.stringMatching(/--cap-add NET_ADMIN.*cap_add: \[NET_ADMIN\]/),
    },
  ],
  [
    'whose Ganeti a vital change does not fit',
    { files: [{ path: '/usr/share/vcluster-box/changes.json', content: JSON.stringify([misfit]), mode: 0o644 }] },
    {
      step: 'check',
      message: "vcluster-box's change init_only does not fit this Ganeti: no such place",
      hint: 'without it, the cluster cannot be created; `vcluster-box doctor --ganeti` lists all changes',
    },
  ],
  [
    'with more need of disk than there is',
    { plan: needing({ diskMiB: 10 ** 12 }) },
    { step: 'check', message: expect.stringMatching(/needs about 1000000000000 MiB of disk, and \d+ MiB are free/) },
  ],
  [
    'with more need of memory than there is',
    { plan: needing({ memoryMiB: 10 ** 9 }) },
    { step: 'check', message: expect.stringMatching(/needs about 1000000000 MiB of memory, and \d+ MiB are free/) },
  ],
  [
    'in a subnet that its own network is in',
    { plan: (plan) => ({ ...plan, network: { ...plan.network, subnet: '0.0.0.0/0' } }) },
    {
      step: 'network',
      message: expect.stringMatching(/subnet 0\.0\.0\.0\/0 overlaps \S+, the network of this container's eth0/),
      hint: expect.stringContaining('--subnet'),
    },
  ],
  [
    'with an option that `gnt-cluster init` does not know',
    { plan: (plan) => ({ ...plan, init: ['--no-such-option'] }) },
    {
      step: 'init',
      title: 'Initialising the cluster',
      node: 'node1.example.com',
      message: 'gnt-cluster init ended with status 2',
      log: expect.arrayContaining([expect.stringContaining('no such option: --no-such-option')]),
    },
  ],
  ...['0', '101', '-1', '1.5', 'many'].map((count): Case => [
    `with VCLUSTER_BOX_NODES=${count}`,
    nodesFromImage(count),
    {
      step: 'plan',
      message: `VCLUSTER_BOX_NODES must be a whole number from 1 to 100, not '${count}'`,
    },
  ]),
  [
    'with a plan of another version',
    { plan: (plan) => ({ ...plan, version: 7 }) },
    { step: 'plan', message: 'the plan has version 7, this slice knows version 1 only' },
  ],
  [
    'with half a plan',
    { plan: imagePlan, files: [{ path: '/var/lib/vcluster-box/plan.json', content: '{"version": 1,', mode: 0o644 }] },
    { step: 'plan', message: expect.stringContaining('/var/lib/vcluster-box/plan.json cannot be read') },
  ],
  [
    'with a password file that is not there',
    { settings: secretAt('/run/secrets/none') },
    {
      step: 'check',
      message: expect.stringContaining('/run/secrets/none cannot be read: No such file'),
      hint: expect.stringContaining('VCLUSTER_BOX_RAPI_PASSWORD_FILE'),
    },
  ],
  [
    'with an empty password file',
    { settings: secretAt('/etc/machine-id') },
    { step: 'check', message: 'the RAPI password in /etc/machine-id is empty or contains white space' },
  ],
];

describe.skipIf(!dockerAvailable)('a slice that cannot start says why, and exits with status 1', () => {
  it.each(cases)('%s', async (_what, options, told) => {
    await using slice = await createSlice(options);
    const events = await slice.start('failed');
    expect(events.at(-1)).toMatchObject({
      type: 'failed',
      title: expect.stringMatching(/^[A-Z]\w+ing /) as unknown,
      ...told,
    });
    await untilEnded(slice.engine, slice.container);
    expect((await slice.engine.inspectContainer(slice.container))?.exitCode).toBe(1);
    expect((await slice.log()).filter(({ type }) => type === 'strange')).toEqual([]);
  });
});

describe.skipIf(!dockerAvailable)('a slice whose cluster exists, and whose disk is full', () => {
  it.each([
    ['less than 4 MiB are free', '"pid file"', '0, 0, 100'],
    ['a step has no space for what it writes', 'os.strerror(errno.ENOSPC)', '100, 100, 100'],
  ])('keeps its container running, where files can be deleted, and boots again: %s', async (_what, error, free) => {
    await using box = await startSlice({ idle: true });
    const code = `import contextlib, errno, os
from vcluster_slice import paths
from vcluster_slice.boot import check, main_loop, steps, supervise
free, errors = iter([${free}]), iter([OSError(${error}), None])
def step(plan):
    if error := next(errors):
        raise error
check._disk_free_mib = lambda plan: next(free, 100)
supervise.ALONE = (steps.Step("step", "Doing it", step),)
supervise.RETRY_SECONDS = 0
supervise.Proxy = supervise.TcpProbeListener = lambda plan: contextlib.nullcontext()
main_loop.run = lambda *arguments: None
paths.PROVISIONED.touch()
supervise.run()`;
    const events = (await python(box, code)).trim().split('\n');
    const hint = expect.stringMatching(/^the disk is full: delete files in the cluster/) as string;
    expect(events.map((line) => JSON.parse(line) as unknown).slice(1, 6)).toMatchObject([
      { type: 'failed', hint },
      { type: 'warning', hint },
      { type: 'step-started' },
      { type: 'step-done' },
      { type: 'ready' },
    ]);
  });
});

describe.skipIf(!dockerAvailable)('slices of which one cannot create the cluster', () => {
  it('both fail, and the other reports which one is at fault', async () => {
    const cluster = (plan: Plan) => ({ ...plan, init: ['--no-such-option'] });
    const overlay = { kind: 'vxlan', vni: 0x02_4e } as const;
    await using made = await createSlices({ overlay, nodes: [1, 1], cluster });
    const [one, two] = made.slices as [Slice, Slice];
    await Promise.all([one, two].map(({ engine, container }) => engine.startContainer(container)));
    await Promise.all([one, two].map(({ engine, container }) => untilEnded(engine, container)));
    const [here, there] = await Promise.all(
      [one, two].map(async ({ log }) => (await log()).find(({ type }) => type === 'failed')),
    );
    expect(here).toMatchObject({ step: 'init', message: 'gnt-cluster init ended with status 2' });
    expect(there).toMatchObject({
      step: 'join',
      message: 'slice 1 (ssh://ops@host1) could not create the cluster: gnt-cluster init ended with status 2',
    });
  });
});
