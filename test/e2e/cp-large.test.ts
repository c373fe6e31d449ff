import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';

/** In the slice, but outside all nodes, so that Ganeti's files stay untouched. */
const there = '/tmp/vcluster-box-cp-large-test';

const mega = 2 ** 20;

/** Has the program write the most memory that it used, in KiB, to a file. */
const measure = `process.on('exit', () => {
  require('node:fs').writeFileSync(process.env.MEMORY_FILE, String(process.resourceUsage().maxRSS));
});`;

describe.skipIf(!dockerAvailable)('cp of a large file', () => {
  let cluster: SharedCluster;
  let here: string;
  beforeAll(async () => {
    cluster = await sharedCluster();
    here = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
    await writeFile(join(here, 'measure.cjs'), measure);
    await writeFile(join(here, 'big'), 'begin');
    await truncate(join(here, 'big'), 400 * mega);
    await inside(`rm -rf ${there} && mkdir ${there}`);
  }, 300_000);
  afterAll(async () => {
    await inside(`rm -rf ${there}`);
    await rm(here, { recursive: true, force: true });
  });

  const inside = async (script: string) => {
    const { exitCode, stdout, stderr } = await cluster.run(['exec', 'node1', 'sh', '-c', script]);
    if (exitCode !== 0) throw new Error(`${script}: ${stderr}`);
    return stdout;
  };

  it('keeps its holes in both directions, and does not hold it in memory', async () => {
    const env = { NODE_OPTIONS: `--require=${join(here, 'measure.cjs')}`, MEMORY_FILE: join(here, 'memory') };
    for (const [from, to] of [
      [join(here, 'big'), `node1:${there}/big`],
      [`node1:${there}/big`, join(here, 'again')],
    ] as const) {
      const { exitCode, stdout } = await cluster.run(['cp', '--json', from, to], { env });
      expect([exitCode, JSON.parse(stdout)]).toEqual([0, { entries: 1, bytes: 400 * mega }]);
      expect(Number(await readFile(join(here, 'memory'), 'utf8')) * 1024).toBeLessThan(300 * mega);
    }
    expect(await inside(`stat -c '%s %b' ${there}/big`)).toBe(`${400 * mega} 128`);
    const { size, blocks } = await stat(join(here, 'again'));
    expect(size).toBe(400 * mega);
    // At most the first chunk, whose size depends on how the engine splits its stream.
    expect(blocks * 512).toBeLessThanOrEqual(65_536);
  });

  it('leaves nothing in the slice when it is killed', async () => {
    await writeFile(join(here, 'huge'), '');
    await truncate(join(here, 'huge'), 2 ** 40);
    const copying = cluster.run(['cp', join(here, 'huge'), `node1:${there}`]);
    const left = () => inside(`ls -A ${there} | grep -c vcluster-box-cp || true`);
    await expect.poll(left, { timeout: 30_000, interval: 200 }).toBe('1');
    copying.kill('SIGKILL');
    await copying;
    await expect.poll(left, { timeout: 30_000, interval: 200 }).toBe('0');
    expect(await inside(`ls ${there}`)).not.toContain('huge');
  });

  it('follows a target that is a link, and keeps the link', async () => {
    await inside(`cd ${there} && mkdir real && touch real/file && ln -s real to-directory && ln -s real/file to-file`);
    await writeFile(join(here, 'new'), 'new');
    for (const link of ['to-directory', 'to-file']) {
      expect((await cluster.run(['cp', join(here, 'new'), `node1:${there}/${link}`])).stderr).toBe('');
    }
    expect(await inside(`cd ${there} && cat real/file real/new && readlink to-file to-directory`)).toBe(
      'newnewreal/file\nreal',
    );
  });
});
