import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EngineError, PortTakenError } from '../../../src/errors.ts';
import { slicePaths } from '../../../src/plan/slice-paths.ts';
import { addOn, expectUntouched, fakeJoining, hintOf, third } from '../../support/fake-joining.ts';
import { fakeSignals } from '../../support/fake-signals.ts';
import { fakeInfo } from '../../support/fake-state.ts';

const state = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
afterAll(() => rm(state, { recursive: true }));

describe('node add --host with a host that is new to the cluster', () => {
  it('creates a slice that all others know, and adds nodes in it', async () => {
    const joining = await fakeJoining(state);
    const { status, stdout, stderr } = await addOn(joining, third, '-n', '2');
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stdout).toMatch(/^Cluster lab now has 6 nodes\.\n\n.*\nnode5\.example\.com .*\nnode6\.example\.com /);
    expect(joining.told).toEqual([
      [2, 'add-peer'],
      [1, 'add-peer'],
      [1, 'verify-peer'],
      [2, 'verify-peer'],
      [1, 'add-node'],
      [1, 'add-node'],
    ]);
    expect(stderr).toContain('Firewalls between the hosts must allow UDP port 4790: 192.0.2.1, 192.0.2.2, 192.0.2.3.');
    expect(await hintOf(state)).toBe('ssh://ops@192.0.2.1\nssh://ops@192.0.2.2\nssh://ops@192.0.2.3\n');
    expect((await joining.run(['down', 'lab'])).status).toBe(0);
    expect(joining.engines.map((engine) => engine.state.containers)).toEqual([[], [], []]);
  });

  it('gives the slice a plan, keys, image and settings like those of the others', async () => {
    const joining = await fakeJoining(state, undefined, '--memory', '2g', '--restart', 'no');
    const { engines, planOn, sliceOn } = joining;
    const definition = `${slicePaths.osDefinitions}/mine/create`;
    sliceOn(1).files.set(definition, Buffer.from('#!/bin/sh\n'));
    const { stdout, stderr } = await addOn(joining);
    const [one, made] = [sliceOn(1), sliceOn(3)];
    const said = JSON.stringify([stdout, stderr, made.settings, planOn(3), engines[2]?.execs()]);
    for (const path of [slicePaths.sshHostKey, slicePaths.sshRootKey, slicePaths.rapiPassword]) {
      const secret = String(made.files.get(path));
      expect(secret).toBe(String(one.files.get(path)));
      expect(said).not.toContain(secret.trim().slice(-24));
    }
    expect(made).toMatchObject({ image: one.image, memory: 2 ** 31, restartPolicy: 'no' });
    const same = {
      'vcluster-box.run': one.labels['vcluster-box.run'],
      'vcluster-box.spec': one.labels['vcluster-box.spec'],
    };
    expect(made.labels).toMatchObject({ 'vcluster-box.slice': '3', 'vcluster-box.slices': '3', ...same });
    expect(made.ports).toMatchObject([{ containerPort: 5081 }, { containerPort: 4790, hostAddress: '192.0.2.3' }]);
    expect(made.files.get(definition)).toEqual(Buffer.from('#!/bin/sh\n'));
    expect(await engines[2]?.inspectImage(one.image)).toBeDefined();
    const slice = { number: 3, address: '198.18.0.4', endpoint: third, engine: 'ENGINE:3' };
    for (const host of [1, 2, 3]) {
      expect(planOn(host).slices[2]).toEqual({ ...slice, underlay: { address: '192.0.2.3', port: 4790 } });
      expect(planOn(host)).toMatchObject({ slice: host, overlay: planOn(1).overlay });
    }
  });

  it('accepts an address and a port as `up` does, and uses the next port if one is in use', async () => {
    const joining = await fakeJoining(state);
    const [, , three] = joining.engines;
    if (three !== undefined) {
      three.state.onCall = (method) => {
        const { hostPort } = three.state.containers[0]?.ports[1] ?? {};
        if (method === 'startContainer' && hostPort === 4790) throw new PortTakenError('198.51.100.7:4790 is in use');
      };
    }
    expect(await addOn(joining, `${third},advertise=198.51.100.7`)).toMatchObject({ status: 0 });
    for (const host of [1, 2, 3]) {
      expect(joining.planOn(host).slices[2]?.underlay).toEqual({ address: '198.51.100.7', port: 4791 });
    }
  });

  it('uses the overlay of the other slices, and only in their swarm', async () => {
    const swarm = (number: number) => ({ node: `n${number}`, manager: number === 1, managers: ['n1'] });
    const given = (number: number) => ({ info: { ...fakeInfo, id: `ENGINE:${number}`, swarm: swarm(number) } });
    const joining = await fakeJoining(state, given);
    expect(await addOn(joining, `${third},port=4800`)).toMatchObject({ status: 2 });
    expect(await addOn(joining)).toMatchObject({ status: 0 });
    expect(joining.planOn(1).slices[2]?.underlay).toEqual({ address: 'vcluster-box-lab-3', port: 4790 });
    expect(joining.engines[2]?.state.containers[0]).toMatchObject({ network: 'vcluster-box-lab' });
    const outside = await fakeJoining(state, (number) => (number === 3 ? {} : given(number)));
    const { status, stderr } = await addOn(outside);
    expect(status).toBe(125);
    expect(stderr).toContain(`${third} is not in the swarm whose network vcluster-box-lab the cluster is on`);
  });
});

describe('node add --host leaves the cluster unchanged', () => {
  it.each([
    ['add-peer', 1, 'slice 3 is on ssh://ops@elsewhere already'],
    ['verify-peer', 2, 'packets from slice 2 to slice 3 are lost'],
    ['add-node', 1, 'gnt-node add ended with status 1'],
  ])('when %s fails', async (command, at, message) => {
    const joining = await fakeJoining(state);
    joining.fail = (host, told) => (host === at && told === command ? message : undefined);
    const { status, stderr } = await addOn(joining);
    expect(status).toBe(125);
    expect(stderr).toContain(message);
    expect(joining.told.filter(([, told]) => told === 'remove-peer')).toEqual([
      [1, 'remove-peer'],
      [2, 'remove-peer'],
    ]);
    await expectUntouched(state, joining);
  });

  it('when no node could be added, and reports that', async () => {
    const joining = await fakeJoining(state);
    joining.fail = (_, told) => (told === 'add-node' ? 'there is no node group east' : undefined);
    const { stderr } = await addOn(joining, third, '--group', 'east');
    expect(stderr).toContain(`${third} was removed again, because no node was added on it.`);
    expect(stderr).toContain('error: there is no node group east');
  });

  it('when its slice does not boot, and reports the host and the reason', async () => {
    const text =
      '{"type":"failed","title":"Connecting the hosts","message":"slice 1 does not answer","hint":"open it"}';
    const joining = await fakeJoining(state, (number) => (number === 3 ? { logs: [{ stream: 'stdout', text }] } : {}));
    const { stderr } = await addOn(joining);
    expect(stderr).toContain(`error: host ${third}: Connecting the hosts failed: slice 1 does not answer`);
    expect(stderr).toContain('hint: open it');
    await expectUntouched(state, joining);
  });

  it('when it is interrupted', async () => {
    const joining = await fakeJoining(state);
    const signals = fakeSignals();
    joining.fail = (_, command) => {
      if (command === 'add-peer') signals.send('SIGINT');
      return undefined;
    };
    const { status, stderr } = await joining.run(['node', 'add', '-c', 'lab', '--host', third], { signals });
    expect(status).toBe(130);
    expect(stderr).toContain('interrupted; what was created on the host was removed');
    await expectUntouched(state, joining);
  });

  it('except for what cannot be undone, which it lists', async () => {
    const joining = await fakeJoining(state);
    const [, , three] = joining.engines;
    joining.fail = (host, told) =>
      told === 'verify-peer' || (told === 'remove-peer' && host === 2) ? 'no' : undefined;
    if (three !== undefined) {
      three.state.onCall = (method) => {
        if (method === 'removeContainer') throw new EngineError('the host is gone');
      };
    }
    const { stderr } = await addOn(joining);
    expect(stderr).toContain(`host ssh://ops@192.0.2.2: its slice still has ${third} (slice 3) in its plan: no`);
    expect(stderr).toContain('host ssh://ops@192.0.2.3: slice 3 of cluster lab could not be removed');
  });
});
