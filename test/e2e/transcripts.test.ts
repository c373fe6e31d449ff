import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { cliEnvironment, vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { succeed } from '../support/e2e-succeed.ts';
import { isExcerpt, masked, type Recorded, sessionsOf } from '../support/transcripts.ts';

const name = testCluster('transcript');
const [quickStart, readme] = await Promise.all(['docs/quick-start.md', 'README.md'].map(sessionsOf));

/** Runs a command as a user types it, in a clone, with this test's cluster in place of `lab`. */
async function typed(line: string): Promise<Recorded> {
  const env = cliEnvironment({ npm_lifecycle_event: 'npx', VCLUSTER_BOX_CLUSTER: name });
  const script = `npx() { shift; ${inject('cli')} "$@"; }; ${line.replaceAll(/\blab\b/g, name)}`;
  const { all } = await execa('bash', ['-c', script], { all: true, reject: false, extendEnv: false, env });
  return { line, output: all === '' ? [] : all.replaceAll(name, 'lab').split('\n') };
}

describe.skipIf(!dockerAvailable)('the session of the quick start', () => {
  const ran: Recorded[] = [];
  beforeAll(async () => {
    await succeed(['image', 'build']);
    for (const { line } of quickStart ?? []) ran.push(await typed(line));
  }, 600_000);
  afterAll(() => vcluster(['down', name]));

  it('prints what the page shows, except for times and ports', () => {
    expect(quickStart?.length).toBeGreaterThan(10);
    const text = (session: readonly Recorded[] = []) =>
      session.map((each) => [`$ ${each.line}`, ...masked(each)].join('\n')).join('\n');
    expect(text(ran)).toBe(text(quickStart));
  });

  it('prints what the README shows of it', () => {
    const short = (line: string) => line.replaceAll(/ (-c lab|--verify)\b/g, '').replace('down lab', 'down');
    const differing = (readme ?? []).filter((shown) => {
      const found = ran.find(({ line }) => short(line) === short(shown.line));
      const lines = found === undefined ? [] : masked(found).filter((each) => !each.endsWith('Verifying the cluster'));
      return !isExcerpt(
        masked(shown),
        lines.filter((each) => !each.includes('Verifying the cluster')),
      );
    });
    expect(readme).toHaveLength(3);
    expect(differing).toEqual([]);
  });
});
