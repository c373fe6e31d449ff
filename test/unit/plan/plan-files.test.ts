import { format } from 'prettier';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { planCluster } from '../../../src/plan/plan-cluster.ts';
import { planSchema } from '../../support/plan-schema.ts';

const root = `${import.meta.dirname}/../../..`;
const json = (value: unknown) => format(JSON.stringify(value), { parser: 'json', printWidth: 120 });

// `npm run plan:image` regenerates both files.

it('the image contains the plan of a cluster of 100 nodes, of which a slice uses the given number', async () => {
  const plan = await json(planCluster(parseClusterSpec({ nodes: 100 }, 'image').spec));
  await expect(plan).toMatchFileSnapshot(`${root}/images/slice/rootfs/usr/share/vcluster-box/plan.json`);
});

it('docs/plan.schema.json is the schema of a plan', async () => {
  await expect(await json(z.toJSONSchema(planSchema))).toMatchFileSnapshot(`${root}/docs/plan.schema.json`);
});

it.each([1, 3, 1000])('a plan of %i nodes matches the schema', (nodes) => {
  const plan = planCluster(parseClusterSpec({ nodes }, 'test').spec);
  expect(planSchema.parse(plan)).toEqual(plan);
});
