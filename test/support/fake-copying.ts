import { unpackInto } from './fake-archives.ts';
import { fakeCluster } from './fake-cluster.ts';
import { fakeEngine, type FakeEngine } from './fake-engine.ts';

/** The directory of node 1. */
export const node1 = '/srv/vcluster/node1.example.com';

/** A cluster `demo` with some files and links.  If it runs, its slice unpacks what `cp` sends. */
export function fakeCopying(state: 'running' | 'exited' = 'exited'): FakeEngine {
  const cluster = fakeCluster('demo', 3, { state });
  for (const [path, content] of Object.entries({ 'etc/a': 'A', 'etc/sub/b': 'B', 'etc/sub/c': 'C' })) {
    cluster.files.set(`${node1}/${path}`, Buffer.from(content));
  }
  cluster.files.set('/etc/hosts', Buffer.from('hosts'));
  cluster.links.set('/etc/link', '/etc/hosts');
  cluster.links.set('/etc/dangling', '/nowhere');
  const engine = fakeEngine({ containers: [cluster] });
  engine.state.onExec = async (_container, { argv: [, command, directory = ''] }, { stdin }) => {
    if (command !== 'unpack' || stdin === undefined) return 1;
    await unpackInto(cluster, directory, stdin);
    return 0;
  };
  return engine;
}

export const filesOf = (engine: FakeEngine) => engine.state.containers[0]?.files ?? new Map<string, Buffer>();
