import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { execa } from 'execa';
import { vi } from 'vitest';
import { capture } from './capture.ts';
import { testEngine } from './docker-available.ts';
import { docker } from './e2e-docker.ts';
import { sshClient, sshKey } from './ssh-client.ts';
import { testLabels } from './test-image.ts';

/** A machine that ssh reaches and that has this machine's engine: sshd in a container, with the engine's socket. */
export interface SshMachine extends AsyncDisposable {
  /** variables with which `ssh lab` reaches it, like a user's own configuration */
  readonly env: Readonly<Record<string, string>>;
  /** Changes what sshd allows, for new connections. */
  readonly configure: (line: string) => Promise<void>;
  /** Forgets the machine's host key. */
  readonly forget: () => Promise<void>;
  /** number of user connections */
  readonly connections: () => Promise<number>;
}

const start = `
mkdir -p /run/sshd /root/.ssh && chmod 700 /root/.ssh && ssh-keygen -A
echo "$KEY" > /root/.ssh/authorized_keys && : > /etc/ssh/sshd_config.d/test.conf
exec /usr/sbin/sshd -D`;

/** @param image with sshd in it; `socket` is the engine's */
export async function sshMachine(image: string, socket: string): Promise<SshMachine> {
  const folder = await mkdtemp(join(tmpdir(), 'vcluster-box-e2e-ssh-'));
  const key = await sshKey(folder);
  const container = await (
    await docker()
  ).createContainer({
    Image: image,
    Entrypoint: ['/usr/bin/tini', '--', 'sh', '-c', start],
    Cmd: [],
    Env: [`KEY=${key}`],
    Labels: testLabels,
    HostConfig: { Binds: [`${socket}:/var/run/docker.sock`] },
  });
  await container.start();
  const { NetworkSettings } = await container.inspect();
  const address = Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? '';
  const { knownHosts, env } = await sshClient(folder, { lab: address });
  const learn = async () => {
    const { stdout } = await execa('ssh-keyscan', ['-t', 'ed25519', address], { reject: false });
    await writeFile(knownHosts, stdout);
    return stdout.includes('ed25519');
  };
  await vi.waitUntil(learn, { timeout: 20_000, interval: 100 });
  const engine = await testEngine();
  const inside = (line: string) => capture(engine, container.id, { argv: ['sh', '-c', line] });
  return {
    env,
    configure: async (line) => {
      await inside(`echo '${line}' > /etc/ssh/sshd_config.d/test.conf; kill -HUP $(pgrep -o -x sshd)`);
      // It restarts with the same pid; connections are refused meanwhile.
      await vi.waitUntil(learn, { timeout: 20_000, interval: 100 });
    },
    forget: () => writeFile(knownHosts, ''),
    connections: async () => Number((await inside('pgrep -c -f "^sshd: root"')).stdout),
    [Symbol.asyncDispose]: async () => {
      await container.remove({ force: true });
      await rm(folder, { recursive: true });
    },
  };
}
