import { describe, expect, it } from 'vitest';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { killSlice } from '../support/kill-slice.ts';
import { createSlice, type Slice } from '../support/slice.ts';

const provisioned = '/var/lib/vcluster-box/provisioned';

describe.skipIf(!dockerAvailable)('a first start that was interrupted is completed by the next one', () => {
  it('when it was interrupted during the initialisation', async () => {
    await using slice = await interruptedWith('/srv/vcluster/node1.example.com/var/lib/ganeti/config.data', 2);
    await expectFinished(slice, 2);
  });

  it('when it was interrupted while the nodes joined', async () => {
    // Many nodes, so that there is time between the first one's files and those of the last.
    await using slice = await interruptedWith('/srv/vcluster/node2.example.com/var/lib/ganeti/server.pem', 12);
    await expectFinished(slice, 12);
  });

  it('when it was stopped, which takes effect at once, also while keys are created', async () => {
    await using slice = await createSlice({ nodes: 2 });
    await slice.start('step-started', 'ssh');
    await slice.engine.stopContainer(slice.container, 10);
    expect((await slice.engine.inspectContainer(slice.container))?.exitCode).toBe(0);
    await expectFinished(slice, 2);
  });
});

/** A slice that is killed when it has written the file. */
async function interruptedWith(file: string, nodes: number): Promise<Slice> {
  const slice = await createSlice({ nodes });
  await slice.start('step-started', 'network');
  // In the slice, which takes less time than a request to the engine: the next step is near.
  await slice.run(['sh', '-c', `until [ -s ${file} ]; do :; done; kill -STOP -1`]);
  await killSlice(slice);
  return slice;
}

async function expectFinished(slice: Slice, nodes: number): Promise<void> {
  // Otherwise the start was not interrupted.
  expect(await slice.engine.readFile(slice.container, provisioned)).toBeUndefined();
  await slice.start();
  const list = await slice.gnt('node1.example.com', 'gnt-node', 'list', '--no-headers', '-o', 'role');
  expect(list.trim().split(/\s+/)).toHaveLength(nodes);
  expect(list).toMatch(/^M\s+C/);
  expect((await slice.run([slicePaths.program, 'healthy'])).status).toBe(0);
}
