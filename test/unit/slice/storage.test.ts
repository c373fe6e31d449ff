import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../../images/slice/rootfs/usr/lib/vcluster-box');

it('the simulated storage passes its own tests', async () => {
  const argv = ['-m', 'unittest', 'discover', '--start-directory', join(import.meta.dirname, 'storage')];
  const env = { PYTHONPATH: program, PYTHONDONTWRITEBYTECODE: '1' };
  const { exitCode, stderr } = await execa('python3', argv, { env, reject: false });
  expect(stderr).toMatch(/^Ran [1-9]\d* tests/m);
  expect(exitCode, stderr).toBe(0);
});
