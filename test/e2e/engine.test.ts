import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vcluster } from '../support/cli.ts';

const refused = 'tcp://127.0.0.1:1';

describe('without an engine', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vcluster-box-e2e-docker-'));
    const meta = join(folder, 'contexts', 'meta', createHash('sha256').update('lab').digest('hex'));
    await mkdir(meta, { recursive: true });
    const context = { Name: 'lab', Endpoints: { docker: { Host: 'unix:///nowhere/lab.sock' } } };
    await writeFile(join(meta, 'meta.json'), JSON.stringify(context));
    await writeFile(join(folder, 'config.json'), JSON.stringify({ currentContext: 'lab' }));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['unix:///nowhere/docker.sock', 'unix:///nowhere/docker.sock', 'no such file or directory'],
    [refused, refused, 'connection refused'],
    ['127.0.0.1:1', refused, 'connection refused'],
  ])('only DOCKER_HOST=%s is tried', async (given, endpoint, failure) => {
    const { exitCode, stdout, stderr } = await vcluster(['up', 'e2e-nowhere'], { env: { DOCKER_HOST: given } });
    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    expect(stderr).toMatch(/^hint: Start Docker\./m);
    expect(stderr.split('\n').filter((line) => line.startsWith('error: '))).toEqual([
      `error: no container engine answers at ${endpoint} (from DOCKER_HOST): ${failure}`,
    ]);
  });

  it.each(['ls', 'down', 'status', 'info', 'image ls', 'exec node1 true'])('%s exits with 125', async (command) => {
    const { exitCode, stderr } = await vcluster(command.split(' '), { env: { DOCKER_HOST: refused } });
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(/^error: no container engine answers at tcp:.*\nhint: /);
  });

  it.skipIf(getuid?.() !== 0)('a user without a home directory needs none', async () => {
    const as = { user: { uid: 54_321, gid: 54_321 }, through: ['env', '-u', 'HOME', '-u', 'XDG_STATE_HOME'] };
    expect(await vcluster(['--version'], as)).toMatchObject({ exitCode: 0, stderr: '' });
    const { exitCode, stderr } = await vcluster(['ls'], { ...as, env: { DOCKER_HOST: refused } });
    expect({ exitCode, error: stderr.split('\n')[0] }).toEqual({
      exitCode: 125,
      error: `error: no container engine answers at ${refused} (from DOCKER_HOST): connection refused`,
    });
  });

  it('only the current docker context is tried', async () => {
    const { exitCode, stderr } = await vcluster(['ls'], { env: { DOCKER_HOST: '', DOCKER_CONFIG: folder } });
    expect({ exitCode, error: stderr.split('\n')[0] }).toEqual({
      exitCode: 125,
      error:
        'error: no container engine answers at unix:///nowhere/lab.sock (from docker context lab): no such file or directory',
    });
  });

  it('a docker context that does not exist is distinguished from an engine that does not answer', async () => {
    const env = { DOCKER_HOST: '', DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'made-up' };
    const { exitCode, stderr } = await vcluster(['ls'], { env });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 125,
      stderr:
        'error: docker context made-up does not exist\n' +
        '  because: ENOENT: no such file or directory, open ' +
        `'${folder}/contexts/meta/${createHash('sha256').update('made-up').digest('hex')}/meta.json'\n` +
        'hint: Select another context (`docker context use default`), or set DOCKER_HOST.',
    });
  });

  it('an endpoint of an unknown kind is refused', async () => {
    const { exitCode, stderr } = await vcluster(['ls'], { env: { DOCKER_HOST: 'gopher://lab' } });
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(/^error: .*gopher:\/\/lab.*\nhint: /);
  });

  it('doctor reports it, and exits with 1', async () => {
    const { exitCode, stdout } = await vcluster(['doctor'], { env: { DOCKER_HOST: refused } });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^fail +engine +no container engine answers at tcp:\/\/127\.0\.0\.1:1 /m);
    expect(stdout).toMatch(/Start Docker\./);
  });

  it('doctor --json reports the same', async () => {
    const { exitCode, stdout } = await vcluster(['doctor', '--json'], { env: { DOCKER_HOST: refused } });
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([{ name: 'engine', level: 'fail' }]);
  });

  it('commands that need no engine work', async () => {
    const bare = await vcluster(['version', '-q'], { env: { DOCKER_HOST: refused } });
    expect(bare).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string, stderr: '' });
    const { exitCode, stdout } = await vcluster(['version'], { env: { DOCKER_HOST: refused } });
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^vcluster-box: +\d.*\nEngine: +not reachable: .*127\.0\.0\.1:1/) as string,
    });
  });
});
