import { expect, it } from 'vitest';
import { imageTag } from '../../../src/image/labels.ts';

const ingredients = { ganeti: '3.0', contextHash: 'c', baseId: 'sha256:b' } as const;

it('consists of the version of Ganeti and twelve digits of a hash', () => {
  expect(imageTag(ingredients)).toMatch(/^vcluster-box:3\.0-[0-9a-f]{12}$/);
});

it.each([{ contextHash: 'other' }, { baseId: 'other' }, { ganeti: '3.1' } as const])('changes with %o', (change) => {
  expect(imageTag({ ...ingredients, ...change })).not.toBe(imageTag(ingredients));
});
