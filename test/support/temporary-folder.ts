import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';

/** Gives the tests of a run their own temporary folder, which is removed with its content, even if they fail. */
export default async function setUp(): Promise<() => Promise<void>> {
  const before = env['TMPDIR'];
  const folder = await mkdtemp(join(tmpdir(), 'vcluster-box-tests-'));
  // Like /tmp: some tests act as another user.
  await chmod(folder, 0o1777);
  env['TMPDIR'] = folder;
  return async () => {
    if (before === undefined) delete env['TMPDIR'];
    else env['TMPDIR'] = before;
    await rm(folder, { recursive: true, force: true });
  };
}
