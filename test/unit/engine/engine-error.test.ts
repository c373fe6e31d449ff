import { expect, it } from 'vitest';
import { hintFor } from '../../../src/engine/engine-error.ts';

it('a full disk has a hint', () => {
  const refusal = 'Error processing tar file(exit status 1): write /usr/lib/x.so: no space left on device';
  expect(hintFor(refusal)).toContain('docker system df');
});

it('containers without cgroups have a hint', () => {
  const refusal =
    'can not pause containers on rootless containers with cgroup V1: this container does not have a cgroup';
  expect(hintFor(refusal)).toContain('vcluster-box pause --node NODE');
});

it('other errors have no hint', () => {
  expect(hintFor('conflict: unable to remove repository reference')).toBeUndefined();
});
