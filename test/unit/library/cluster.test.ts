import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../../src/events.ts';
import { CommandFailedError, EngineError, NotFoundError, UsageError } from '../../../src/errors.ts';
import { openCluster } from '../../../src/library/open-cluster.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import type { FakeState } from '../../support/fake-state.ts';

const certificate = readFileSync(new URL('../../fixtures/rapi-certificate.pem', import.meta.url), 'utf8');
const rapiFile = '/srv/vcluster/node1.example.com/var/lib/ganeti/rapi.pem';

async function open(given: Partial<FakeState> = {}, opening: { runId?: string; events?: Event[] } = {}) {
  const container = fakeCluster('lab', 2);
  container.files.set(rapiFile, Buffer.from(`-----BEGIN PRIVATE KEY-----\nsecret\n${certificate}`));
  const engine = fakeEngine({ containers: [container], ...given });
  const { runId, events = [] } = opening;
  const report = (event: Event) => events.push(event);
  return { engine, cluster: await openCluster(engine, 'lab', { report, ...(runId !== undefined && { runId }) }) };
}

/** Answers like a command that copies its stdin and writes to stderr. */
const answering = (status: number): FakeState['onExec'] => {
  return async (_container, _command, { stdin, stdout, stderr }) => {
    stdout.write(stdin === undefined ? 'nothing' : await text(stdin));
    stderr.write('complaint\n');
    return status;
  };
};

describe('a cluster object', () => {
  it('lists its nodes', async () => {
    const { cluster } = await open();
    expect(cluster.nodes).toMatchObject([
      { name: 'node1.example.com', shortName: 'node1', address: '198.18.1.1', group: 'default' },
      { name: 'node2.example.com', shortName: 'node2', address: '198.18.1.2', group: 'default' },
    ]);
    expect(cluster.node('node2').name).toBe('node2.example.com');
    expect(cluster.node('node2.example.com').shortName).toBe('node2');
    expect(() => cluster.node('node3')).toThrow(NotFoundError);
  });

  it('contains the RAPI access data without the private key', async () => {
    const { cluster } = await open();
    expect(cluster.rapi).toMatchObject({
      url: 'https://127.0.0.1:5080',
      user: 'rapi',
      password: 'secret-of-this-cluster',
      ca: certificate,
      servername: 'ganeti.example.com',
    });
  });

  it('reports why it has no RAPI', async () => {
    const { cluster: unpublished } = await open({ containers: [fakeCluster('lab', 2, { ports: [] })] });
    expect(() => unpublished.rapi).toThrow('RAPI of cluster lab is not published');
    const { cluster: unfinished } = await open({ containers: [fakeCluster('lab')] });
    expect(() => unfinished.rapi).toThrow('cluster lab has no RAPI yet');
  });

  it('is removed by down, which reports its progress', async () => {
    const events: Event[] = [];
    const { engine, cluster } = await open({}, { events });
    await cluster.down();
    await cluster.down();
    expect(engine.state.containers).toEqual([]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'step-done', title: 'Removing cluster lab' }));
  });

  it('is removed at the end of its block if the same call created it', async () => {
    const { engine, cluster } = await open({}, { runId: 'run' });
    expect(cluster.created).toBe(true);
    await cluster[Symbol.asyncDispose]();
    expect(engine.state.containers).toEqual([]);
  });

  it.each(['another', undefined])(
    'stays at the end of its block if another call created it (run %s)',
    async (runId) => {
      const { engine, cluster } = await open({}, runId === undefined ? {} : { runId });
      expect(cluster.created).toBe(false);
      await cluster[Symbol.asyncDispose]();
      expect(engine.state.containers).toHaveLength(1);
    },
  );
});

describe('the lifecycle methods of a cluster', () => {
  it('act on its container', async () => {
    const { engine, cluster } = await open();
    const state = () => engine.state.containers[0]?.state;
    await cluster.pause();
    expect(state()).toBe('paused');
    await cluster.unpause();
    expect(state()).toBe('running');
    await cluster.stop();
    expect(state()).toBe('exited');
    await expect(cluster.node('node1').stop()).rejects.toThrow(NotFoundError);
  });

  it.each(['start', 'stop', 'restart', 'pause', 'unpause'] as const)('pass on a node to the slice: %s', async (act) => {
    const { engine, cluster } = await open();
    await cluster.node('node2')[act]();
    expect(engine.execs().at(-1)?.command.argv.slice(1)).toEqual([act, 'node2.example.com']);
  });
});

describe('the number of nodes to add', () => {
  it.each([0, 1.5, 1000, Number.NaN])('is an integer within the limit: %d', async (count) => {
    const { cluster } = await open();
    await expect(cluster.addNodes(count)).rejects.toThrow(UsageError);
    expect(cluster.nodes).toHaveLength(2);
  });
});

describe('ports', () => {
  it('of nodes are published, listed and unpublished', async () => {
    const { cluster } = await open();
    const published = await cluster.publish('2222:node2:22');
    expect(published).toMatchObject({ address: '127.0.0.1', port: 2222, target: 'node2.example.com:22' });
    expect((await cluster.ports()).map(({ target }) => target)).toEqual(['rapi', 'node2.example.com:22']);
    await cluster.unpublish('2222');
    expect(await cluster.ports()).toHaveLength(1);
    await expect(cluster.publish('nonsense')).rejects.toThrow(UsageError);
  });
});

describe('a command on a node', () => {
  it('returns its status and its output', async () => {
    const { cluster } = await open({ onExec: answering(3) });
    expect(await cluster.exec('node2', ['cat'])).toEqual({ status: 3, stdout: 'nothing', stderr: 'complaint\n' });
  });

  it.each([['text ä'], [Buffer.from('text ä')], [new Uint8Array(Buffer.from('text ä'))]])(
    'reads its stdin: %s',
    async (input) => {
      const { cluster } = await open({ onExec: answering(0) });
      expect((await cluster.node('node1').exec(['cat'], { input })).stdout).toBe('text ä');
    },
  );

  it('gets its arguments, variables and directory unchanged', async () => {
    const { engine, cluster } = await open();
    await cluster.exec('node2', ['echo', 'a b;$c'], { env: { A: '1' }, cwd: '/tmp' });
    expect(engine.execs().at(-1)).toMatchObject({
      container: 'vcluster-box-lab-1',
      command: { env: { A: '1' }, cwd: '/tmp' },
    });
    const [, , directory, ...argv] = engine.execs().at(-1)?.command.argv ?? [];
    expect([directory, argv]).toEqual(['/srv/vcluster/node2.example.com', ['echo', 'a b;$c']]);
  });

  it('throws on request when it fails, with all details', async () => {
    const { cluster } = await open({ onExec: answering(1) });
    const error: unknown = await cluster.exec('node1', ['gnt-node', 'list'], { check: true }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(CommandFailedError);
    expect(error).toMatchObject({
      message: 'gnt-node list on node1 exited with status 1',
      status: 1,
      stdout: 'nothing',
      stderr: 'complaint\n',
      output: ['nothingcomplaint'],
    });
  });

  it('throws when the node does not exist, the cluster is stopped or the engine is gone', async () => {
    const { engine, cluster } = await open();
    await expect(cluster.exec('node9', ['true'])).rejects.toThrow(NotFoundError);
    engine.state.onExec = () => {
      throw new EngineError('gone');
    };
    await expect(cluster.exec('node1', ['true'])).rejects.toThrow(EngineError);
    engine.state.containers = [fakeCluster('lab', 2, { state: 'exited' })];
    await expect(cluster.exec('node1', ['true'])).rejects.toThrow('cluster lab is stopped');
  });

  it('is killed when its signal aborts, and throws the reason', async () => {
    const asked: string[] = [];
    const onExec: FakeState['onExec'] = (_container, { argv, signal }) => {
      if (argv[0]?.endsWith('signal-exec') === true) {
        asked.push(argv[2] ?? '');
        return 0;
      }
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
        abortion.abort(new Error('enough'));
      });
    };
    const abortion = new AbortController();
    const { cluster } = await open({ onExec });
    await expect(cluster.exec('node1', ['sleep', '9'], { signal: abortion.signal })).rejects.toThrow('enough');
    expect(asked).toEqual(['KILL']);
    await expect(cluster.exec('node1', ['sleep', '9'], { signal: abortion.signal })).rejects.toThrow('enough');
  });
});
