import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asNobody } from '../../support/as-nobody.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

let here: string;
beforeEach(async () => {
  here = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
  await writeFile(join(here, 'secret'), 'secret');
  await chmod(join(here, 'secret'), 0);
  await chmod(here, 0o555);
});
afterEach(async () => {
  await chmod(here, 0o755);
  await rm(here, { recursive: true });
});

describe('what the user has no permission for is named by', () => {
  it.each([
    ['cp', ['cp', 'secret', 'node1:/etc'], 'read secret'],
    ['cp', ['cp', 'node1:/etc/hosts', ''], 'write into '],
    ['logs export', ['logs', 'export', 'out'], 'write into '],
    ['logs export', ['logs', 'export', 'out.tgz'], 'write out.tgz'],
  ])('%s', (_command, args, what) =>
    asNobody(async () => {
      const cluster = fakeCluster('demo', 1, { state: 'exited' });
      cluster.files.set('/etc/hosts', Buffer.from('hosts'));
      const given = args.map((arg) => (/^(secret|out.*|)$/.test(arg) ? join(here, arg) : arg));
      const result = await runCli(given, { engine: fakeEngine({ containers: [cluster] }) });
      const action = what.replace(/(\S*)$/, (name) => join(here, name));
      const stderr = `error: cannot ${action}: permission denied\n`;
      expect(result).toMatchObject({ status: 125, stdout: '', stderr });
    }),
  );
});
