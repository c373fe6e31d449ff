import { expect, it } from 'vitest';
import { parseCodename, readRelease } from '../../../src/image/releases.ts';
import { fakeEngine } from '../../support/fake-engine.ts';

it.each([
  ['PRETTY_NAME="Debian"\nVERSION_CODENAME=bookworm\nID=debian\n', 'bookworm'],
  ['VERSION_CODENAME="trixie"', 'trixie'],
  ['ID=alpine\n', undefined],
])('%j has the release %s', (text, release) => {
  expect(parseCodename(text)).toBe(release);
});

it('removes its container if the image cannot be read', async () => {
  const engine = fakeEngine({
    images: [{ id: 'sha256:x', tags: ['x'], size: 1, createdAt: 1, labels: {} }],
    onCall: (method) => {
      if (method === 'readFile') throw new Error('broken');
    },
  });
  await expect(readRelease(engine, 'x')).rejects.toThrow('broken');
  expect(engine.state.containers).toEqual([]);
});
