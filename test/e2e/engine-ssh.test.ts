import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { engineSocket } from '../support/e2e-proxy.ts';
import { sharedCluster, type SharedCluster } from '../support/e2e-shared.ts';
import { sshMachine, type SshMachine } from '../support/ssh-machine.ts';

const socket = dockerAvailable ? engineSocket(await testEngine()) : undefined;

describe.skipIf(socket === undefined)('an engine behind ssh', () => {
  let shared: SharedCluster;
  let lab: SshMachine | undefined;
  let folder: string;
  const over = (args: readonly string[], endpoint = 'ssh://lab', input: string | Uint8Array = '') =>
    vcluster(args, { env: { ...lab?.env, DOCKER_HOST: endpoint, TMPDIR: folder }, input });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vcluster-box-'));
    shared = await sharedCluster();
    const slice = await (await testEngine()).inspectContainer(shared.container);
    lab = await sshMachine(slice?.image ?? '', socket ?? '');
  }, 600_000);
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  /** The sockets of tunnels; none of them must remain. */
  const tunnels = async () => (await readdir(folder)).filter((name) => name.startsWith('vcluster-box-ssh-'));

  it('works like a local one: exec transfers every byte of its streams', async () => {
    const input = Buffer.alloc(3_000_000, 'vcluster');
    const { exitCode, stdout } = await over(['-c', shared.name, 'exec', '-i', 'node2', 'cat'], 'ssh://lab', input);
    expect({ exitCode, bytes: stdout.length }).toEqual({ exitCode: 0, bytes: input.length });
  });

  it('is named in the output of doctor', async () => {
    const ran = await over(['doctor']);
    expect(ran).toExitWith(0);
    const { stdout } = ran;
    expect(stdout).toContain('at ssh://lab (');
  });

  it('gets one connection per command, which is closed at its end and leaves nothing behind', async () => {
    expect(await over(['-c', shared.name, 'status'])).toExitWith(0);
    await expect.poll(() => lab?.connections()).toBe(0);
    expect(await tunnels()).toEqual([]);
  });

  it('can listen on another socket', async () => {
    expect(await over(['ls'], 'ssh://root@lab/run/docker.sock')).toExitWith(0);
  });

  it('that is down is distinguished from a machine that is down', async () => {
    const { exitCode, stderr } = await over(['ls'], 'ssh://lab/no/such.sock');
    expect(exitCode).toBe(125);
    expect(stderr).toContain(
      'error: no container engine answers at ssh://lab/no/such.sock (from DOCKER_HOST): sshd on the host cannot connect to /no/such.sock\nhint: ',
    );

    const nowhere = await over(['ls'], 'ssh://no-such-machine.invalid');
    expect(nowhere.exitCode).toBe(125);
    expect(nowhere.stderr).toMatch(
      /^error: no container engine can be reached at ssh:\/\/no-such-machine.invalid: ssh: Could not resolve hostname .*\nhint: Correct the name/,
    );
  });

  it('is not used when sshd forbids forwarding to it', async () => {
    await lab?.configure('AllowStreamLocalForwarding no');
    const { exitCode, stderr } = await over(['ls']);
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(
      /sshd on the host cannot connect to \/var\/run\/docker.sock\nhint: .*AllowStreamLocalForwarding/,
    );
  });

  it('is not used while the host key of its machine is unknown', async () => {
    await lab?.forget();
    const { exitCode, stderr } = await over(['ls']);
    expect(exitCode).toBe(125);
    expect(stderr).toBe(
      'error: no container engine can be reached at ssh://lab: Host key verification failed.\n' +
        'hint: Connect once manually to check that it is the right host: `ssh HOST true`.',
    );
    expect(await tunnels()).toEqual([]);
  });
});
