import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngineProvider } from '../../../src/engine/locate/connect-engine.ts';
import { storeContext } from '../../support/docker-context.ts';

let home: string;
let pings = 0;
const servers: ReturnType<typeof createServer>[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'vcluster-box-'));
  pings = 0;
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(): Promise<string> {
  const socket = join(home, 'docker.sock');
  const server = createServer((_request, response) => {
    pings += 1;
    response.end('OK');
  });
  servers.push(server);
  await once(server.listen(socket), 'listening');
  return `unix://${socket}`;
}

const hosts = (env: Record<string, string> = {}, chosen?: string) =>
  createEngineProvider({ env, home, uid: 1000 }, chosen);

describe('a host', () => {
  it('is connected by its endpoint, once in a process', async () => {
    const endpoint = await serve();
    const { connect } = hosts();
    const [first, second] = await Promise.all([connect(endpoint), connect(endpoint)]);
    expect(first).toMatchObject({ endpoint });
    expect(second).toBe(first);
    expect(pings).toBe(1);
  });

  it('is connected by the name of a docker context', async () => {
    const endpoint = await serve();
    await storeContext(home, 'lab', { Host: endpoint });
    expect(await hosts().connect('lab')).toMatchObject({ endpoint });
  });

  it('named `default` is the default engine', async () => {
    const endpoint = await serve();
    const { connect, engine } = hosts({ DOCKER_HOST: endpoint });
    expect(await connect('default')).toBe(await engine());
    expect(await hosts({}, endpoint).connect('default')).toMatchObject({ endpoint });
    expect(await hosts({ XDG_RUNTIME_DIR: home }, endpoint).engine()).toMatchObject({ endpoint });
  });

  it('that cannot be reached is an error with its name and a hint', async () => {
    const lost = 'unix:///no/such.sock';
    await storeContext(home, 'lost', { Host: lost });
    const { connect } = hosts({ DOCKER_HOST: 'tcp://127.0.0.1:1' });
    await expect(connect(lost)).rejects.toMatchObject({
      message: `the host ${lost} cannot be reached: no such file or directory`,
      problem: 'no such file or directory',
      hint: 'Check that the host is up and its engine is running.',
    });
    await expect(connect('lost')).rejects.toThrow('the host lost cannot be reached: no such file or directory');
    await expect(connect('lab')).rejects.toMatchObject({
      message: 'the host lab cannot be reached: docker context lab does not exist',
      hint: '`docker context ls` lists the docker contexts.  A host can also be given as ssh://USER@HOST.',
    });
    await expect(connect('default')).rejects.toThrow(/^the host default cannot be reached: .*connection refused$/);
    await expect(connect('npipe://x')).rejects.toThrow(
      'the host npipe://x cannot be reached: unsupported endpoint npipe://x',
    );
  });

  it('that could not be reached is tried again on the next call', async () => {
    const { connect } = hosts();
    const endpoint = `unix://${home}/docker.sock`;
    await expect(connect(endpoint)).rejects.toThrow('no such file or directory');
    await serve();
    expect(await connect(endpoint)).toMatchObject({ endpoint });
  });
});
