import { beforeAll, describe, expect, it } from 'vitest';
import { capabilities } from '../../src/plan/container-settings.ts';
import { networkName } from '../../src/plan/names.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { docker } from '../support/e2e-docker.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';

/** The capability numbers of linux/capability.h: a separate copy of the list, so that an addition is noticed. */
const numbers: Readonly<Record<string, number>> = {
  CHOWN: 0,
  DAC_OVERRIDE: 1,
  FOWNER: 3,
  KILL: 5,
  SETGID: 6,
  SETUID: 7,
  NET_BIND_SERVICE: 10,
  NET_ADMIN: 12,
  NET_RAW: 13,
  SYS_CHROOT: 18,
  AUDIT_WRITE: 29,
  SETFCAP: 31,
};

describe.skipIf(!dockerAvailable)('a running slice', () => {
  let cluster: SharedCluster;
  beforeAll(async () => {
    cluster = await sharedCluster();
  }, 300_000);
  const inspect = async () => (await docker()).getContainer(cluster.container).inspect();

  it('is confined as docs/security.md says', async () => {
    const { HostConfig } = await inspect();
    expect(HostConfig).toMatchObject({
      Privileged: false,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      NetworkMode: networkName(cluster.name),
      PublishAllPorts: false,
      ReadonlyPaths: expect.arrayContaining(['/proc/sys', '/proc/sysrq-trigger']) as unknown,
      MaskedPaths: expect.arrayContaining(['/proc/kcore', '/sys/firmware']) as unknown,
    });
    const added = HostConfig.CapAdd as readonly string[];
    expect(added.map((name) => name.replace(/^CAP_/, '')).toSorted()).toEqual(Object.keys(numbers).sort());
    expect(capabilities.toSorted()).toEqual(Object.keys(numbers).sort());
    expect([HostConfig.PidMode, HostConfig.UTSMode, HostConfig.UsernsMode]).toEqual(['', '', '']);
    expect(HostConfig.IpcMode).not.toBe('host');
    expect(HostConfig.Devices ?? []).toEqual([]);
  });

  it('contains no directory of the host, and not the engine’s socket', async () => {
    const { HostConfig, Mounts } = await inspect();
    expect([HostConfig.Binds ?? [], HostConfig.VolumesFrom ?? [], Mounts]).toEqual([[], [], []]);
    const { exitCode } = await cluster.run(['exec', 'node1', 'test', '-e', '/var/run/docker.sock']);
    expect(exitCode).toBe(1);
  });

  it('has limits', async () => {
    const { HostConfig } = await inspect();
    expect(HostConfig).toMatchObject({
      Memory: (1024 + 3 * 64) * 2 ** 20,
      PidsLimit: 400 + 3 * 40,
      Ulimits: [{ Name: 'nofile', Soft: 1024, Hard: 4096 }],
    });
  });

  it('runs with these capabilities only, under the default seccomp filter, and gains none', async () => {
    const { stdout } = await cluster.run(['exec', 'node1', 'cat', '/proc/1/status']);
    const facts = Object.fromEntries(stdout.split('\n').map((line) => line.split(/:\s+/) as [string, string]));
    const mask = Object.values(numbers).reduce((sum, number) => sum | (1n << BigInt(number)), 0n);
    const hex = mask.toString(16).padStart(16, '0');
    expect(facts).toMatchObject({ CapEff: hex, CapPrm: hex, CapBnd: hex, NoNewPrivs: '1', Seccomp: '2' });
  });

  it('runs under the default AppArmor profile', async ({ skip }) => {
    const { SecurityOptions } = (await (await docker()).info()) as { readonly SecurityOptions: readonly string[] };
    if (!SecurityOptions.includes('name=apparmor')) skip('the kernel has no AppArmor');
    expect(await inspect()).toMatchObject({ AppArmorProfile: 'docker-default' });
    const { stdout } = await cluster.run(['exec', 'node1', 'cat', '/proc/1/attr/current']);
    expect(stdout).toBe('docker-default (enforce)');
  });

  it('shows its password in no log, label, variable, plan or image', async () => {
    const { stdout: password } = await vcluster(['info', cluster.name, '--password']);
    expect(password).toMatch(/^[\w-]{20,}$/);
    const engine = await docker();
    const details = await inspect();
    const log = await engine.getContainer(cluster.container).logs({ stdout: true, stderr: true });
    const history = (await engine.getImage(details.Image).history()) as unknown;
    const { stdout: plan } = await cluster.run(['exec', 'node1', 'cat', '/var/lib/vcluster-box/plan.json']);
    const { stdout: processes } = await cluster.run([
      'exec',
      'node1',
      'sh',
      '-c',
      'cat /proc/[0-9]*/cmdline | tr "\\0" " "',
    ]);
    const { stdout: variables } = await cluster.run([
      'exec',
      'node1',
      'sh',
      '-c',
      'cat /proc/[0-9]*/environ | tr "\\0" " "',
    ]);
    expect([log.toString(), plan, processes, variables].map((text) => text.length > 0)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    const places = { details, history, log: log.toString(), plan, processes, variables };
    const telling = Object.entries(places).filter(([, place]) => JSON.stringify(place).includes(password));
    expect(telling.map(([name]) => name)).toEqual([]);
  });

  it('has an image without keys or passwords', async () => {
    const engine = await docker();
    const { Image } = await inspect();
    const find =
      'find / -xdev \\( -name "ssh_host_*_key" -o -name rapi-password -o -name "*.pem" -path "*/ganeti/*" \\) -print';
    const container = await engine.createContainer({
      Image,
      Entrypoint: ['sh', '-c', `${find}; cat /etc/machine-id`],
      Cmd: [],
      Labels: { 'vcluster-box.test': 'security' },
      NetworkDisabled: true,
    });
    try {
      await container.start();
      await container.wait();
      expect((await container.logs({ stdout: true, stderr: true })).toString()).toBe('');
    } finally {
      await container.remove({ force: true });
    }
  });
});
