import { describe, expect, it } from 'vitest';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { killSlice } from '../support/kill-slice.ts';
import { createSlice, type Slice } from '../support/slice.ts';

const config = '/srv/vcluster/node1.example.com/var/lib/ganeti/config.data';
const provisioned = '/var/lib/vcluster-box/provisioned';

describe.skipIf(!dockerAvailable)('a first start that was interrupted is completed by the next one', () => {
  it('when it was interrupted during the initialisation', async () => {
    await using slice = await createSlice({ nodes: 2 });
    await slice.start('step-started', 'init');
    // In the slice, which takes less time than a request to the engine: the next step is near.
    await slice.run(['sh', '-c', `until [ -s ${config} ]; do :; done; kill -STOP -1`]);
    await killSlice(slice);
    await expectFinished(slice);
  });

  it('when it was interrupted while the nodes joined', async () => {
    await using slice = await createSlice({ nodes: 2 });
    await slice.start('step-started', 'join');
    await killSlice(slice);
    await expectFinished(slice);
  });

  it('when it was stopped, which takes effect at once', async () => {
    await using slice = await createSlice({ nodes: 2 });
    await slice.start('step-started', 'init');
    await slice.engine.stopContainer(slice.container, 10);
    expect((await slice.engine.inspectContainer(slice.container))?.exitCode).toBe(0);
    await expectFinished(slice);
  });
});

async function expectFinished(slice: Slice): Promise<void> {
  // Otherwise the start was not interrupted.
  expect(await slice.engine.readFile(slice.container, provisioned)).toBeUndefined();
  await slice.start();
  const list = await slice.gnt('node1.example.com', 'gnt-node', 'list', '--no-headers', '-o', 'name,role');
  expect(list.split(/\s+/)).toEqual(['node1.example.com', 'M', 'node2.example.com', 'C', '']);
  expect((await slice.run([slicePaths.program, 'healthy'])).status).toBe(0);
}
