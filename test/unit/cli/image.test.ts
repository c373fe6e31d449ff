import { describe, expect, it } from 'vitest';
import { fakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

const slice = {
  id: 'sha256:1',
  tags: ['vcluster-box:3.0-abc'],
  size: 1,
  createdAt: 1,
  labels: { 'vcluster-box.image': 'slice', 'vcluster-box.ganeti': '3.0' },
};
/** An engine in which all images have the Debian release of Ganeti 3.0. */
const debian = () => {
  const engine = fakeEngine({
    onCall: (method) => {
      if (method !== 'createContainer') return;
      for (const { files } of engine.state.containers)
        files.set('/etc/os-release', Buffer.from('VERSION_CODENAME=bookworm\n'));
    },
  });
  return engine;
};
const json = async (args: readonly string[], engine = fakeEngine()) => {
  const { status, stdout, stderr } = await runCli(['image', ...args, '--json', '-q'], { engine });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as unknown;
};

describe('image --json', () => {
  it('of pull contains the name of the image and whether it was pulled', async () => {
    const engine = debian();
    expect(await json(['pull'], engine)).toEqual({ image: 'debian:bookworm-slim', pulled: true });
    expect(await json(['pull'], engine)).toEqual({ image: 'debian:bookworm-slim', pulled: false });
  });

  it('of rm contains the removed images', async () => {
    expect(await json(['rm', '--all'], fakeEngine({ images: [slice] }))).toEqual(['vcluster-box:3.0-abc']);
    expect(await json(['rm', '--all'])).toEqual([]);
  });

  it('of build contains the name of the image and whether it was built', async () => {
    const engine = debian();
    const built = await json(['build'], engine);
    expect(built).toEqual({ tag: expect.stringMatching(/^vcluster-box:3\.0-/) as unknown, built: true });
    expect(await json(['build'], engine)).toEqual({ ...(built as object), built: false });
  });
});

it.each([
  [['build', '--ganeti', '2.16'], 'ganeti: must be 3.0 or 3.1, not 2.16'],
  [['build', '--mirror', 'nowhere'], 'mirror: must be an http or https URL, not nowhere'],
  [['pull', '--base', '-x'], 'base: must be the name of an image, not -x'],
])('image %j is refused, as by `up`', async (args, message) => {
  const engine = fakeEngine();
  const { status, stderr } = await runCli(['image', ...args], { engine });
  expect([status, engine.calls]).toEqual([2, []]);
  expect(stderr).toContain(`error: command line: ${message}\n`);
});

it('image pull pulls the base image of the Ganeti version', async () => {
  expect(await json(['pull', '--ganeti', '3.1'])).toEqual({ image: 'debian:trixie-slim', pulled: true });
});
