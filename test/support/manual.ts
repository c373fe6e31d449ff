import { expect, vi } from 'vitest';
import type { Captured } from './capture.ts';
import { clusterDirectory, type ManualPage } from './manual-page.ts';

/** Runs a line of shell in the cluster directory. */
export type ManualShell = (line: string) => Promise<Captured>;

/** A step for a program or command on the page: what to run, and what to expect. */
export type ManualSteps = Readonly<Record<string, () => Promise<void>>>;

/** Runs the steps in order: a node's daemons are running again when the next step begins. */
export async function doAll(steps: ManualSteps): Promise<void> {
  for (const [name, step] of Object.entries(steps)) {
    await step().catch((cause: unknown) => {
      throw new Error(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    });
  }
}

/** The steps of the page, each identified by its own words; words without a step reveal a forgotten one. */
export function manualSteps({ environment, commands }: ManualPage, shell: ManualShell): ManualSteps {
  const succeed = async (line: string) => {
    const { status, stdout, stderr } = await shell(line);
    expect(status, `${line}\n${stdout}${stderr}`).toBe(0);
    return `${stdout}${stderr}`.trimEnd();
  };
  const answers = () =>
    vi.waitFor(() => succeed('node1.example.com/cmd gnt-node list'), { timeout: 60_000, interval: 500 });
  const prints = async (line: string) => {
    const output = await succeed(line);
    const said = commands.find((command) => command.line === line)?.prints ?? [];
    for (const each of said) expect(output.split('\n')).toContain(each);
  };
  return {
    [`cd ${clusterDirectory}`]: async () => {
      expect(await succeed('pwd')).toBe(clusterDirectory);
    },
    'vcluster-setup': async () => {
      expect(await succeed(`${setup} -h`)).toMatch(/^Usage: /);
    },
    cmd: async () => {
      const lines = (await succeed('node1.example.com/cmd env')).split('\n');
      expect(lines).toEqual(expect.arrayContaining([...environment]));
    },
    'node1.example.com/cmd gnt-cluster info': () => prints('node1.example.com/cmd gnt-cluster info'),
    'node1.example.com/cmd gnt-cluster modify …': async () => {
      await succeed(`node1.example.com/cmd gnt-cluster modify ${(await printedSettings(succeed)).join(' ')}`);
    },
    'stop-all': async () => {
      await succeed('./stop-all');
      expect((await shell('node2.example.com/cmd /usr/lib/ganeti/daemon-util check ganeti-noded')).status).not.toBe(0);
    },
    'start-all': async () => {
      await succeed('./start-all');
      await answers();
    },
    'restart-all': async () => {
      await succeed('./restart-all');
      await answers();
    },
    'watcher-all': async () => {
      expect((await succeed('./watcher-all')).match(/^Running watcher for /gm)?.length).toBeGreaterThan(1);
    },
    'ganeti-watcher': async () => {
      await succeed('node2.example.com/cmd ganeti-watcher');
    },
    [addition]: async () => {
      expect(await succeed(addition)).toContain('* running the instance OS create scripts...');
      const list = 'gnt-instance list --no-headers --separator=: -o os,disk_template,disk.sizes,be/memory,status';
      expect(await succeed(`node1.example.com/cmd ${list} instance1.example.com`)).toBe('dummy:file:1024:192:running');
      await succeed('node1.example.com/cmd gnt-instance remove -f instance1.example.com');
    },
  };
}

const addition =
  'node1.example.com/cmd gnt-instance add --os-size 1G --disk-template=file --os-type dummy -B memory=192 -I hail instance1.example.com';

const setup = '/usr/lib/ganeti/tools/vcluster-setup';

/**
 * The settings of the `gnt-cluster init` printed by `vcluster-setup` that `gnt-cluster modify` can change. Excludes
 * the disk templates: it prints `diskless`, with which Ganeti refuses the page's own instance, which has a file.
 */
async function printedSettings(succeed: (line: string) => Promise<string>): Promise<readonly string[]> {
  const printed = await succeed(`d=$(mktemp -d); ${setup} -E -N -c 1 "$d"; rm -r "$d"`);
  const options = printed.match(/--(?:master-netdev|enabled-hypervisors|ipolicy-bounds-specs)=\S+/g) ?? [];
  expect(options).toHaveLength(3);
  return options;
}
