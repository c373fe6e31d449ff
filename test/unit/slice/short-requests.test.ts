import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../../images/slice/rootfs/usr/lib/vcluster-box');

/** The module imports nothing of Ganeti, and is loaded without the changes to it. */
const code = `
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("short_requests", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
received = sys.stdin.read().encode()
print(json.dumps([module.may_be_short(received), module.complete(received), module.is_short(received)]))
`;

async function judge(received: string): Promise<unknown> {
  const file = join(program, 'vcluster_node/short_requests.py');
  const env = { PYTHONDONTWRITEBYTECODE: '1' };
  const { stdout } = await execa('python3', ['-c', code, file], { input: received, env });
  return JSON.parse(stdout);
}

const post = (name: string, body: string, length = body.length) =>
  `POST /${name} HTTP/1.1\r\nHost: node1\r\nContent-length: ${length}\r\n\r\n${body}`;

const simulated = '[[["file","/srv/ganeti/file-storage",[]]],[["fake",{}]]]';

describe('a request to a node daemon', () => {
  it.each([
    ['node_info about directories and fake instances', post('node_info', simulated)],
    [
      'node_info about the simulated volume group',
      post('node_info', '[[["lvm-vg","xenvg",[false]],["lvm-pv","xenvg",[false]]],[["fake",{}]]]'),
    ],
    ['node_info about nothing', post('node_info', '[null,null]')],
    ['all_instances_info about fake instances', post('all_instances_info', '[["fake"],{}]')],
    ['version', post('version', '[]')],
    ['jobqueue_update', post('jobqueue_update', '["job-1", "..."]')],
  ])('is answered without a fork: %s', async (_what, received) => {
    expect(await judge(received)).toEqual([true, true, true]);
  });

  it.each([
    ['node_info about Gluster', post('node_info', '[[["gluster","/srv",[]]],[["fake",{}]]]')],
    ['node_info about KVM', post('node_info', '[[],[["kvm",{}]]]')],
    ['all_instances_info about KVM', post('all_instances_info', '[["fake","kvm"],{}]')],
    ['node_info that is no JSON', post('node_info', 'no')],
    ['node_info of another form', post('node_info', '[1]')],
  ])('is answered by a child: %s', async (_what, received) => {
    expect(await judge(received)).toEqual([true, true, false]);
  });

  it.each(['hooks_runner', 'instance_start', 'version/', '', 'no such request'])(
    'is answered by a child as soon as its first line has arrived: %s',
    async (name) => {
      expect(await judge(`POST /${name} HTTP/1.1\r\n`)).toEqual([false, false, false]);
    },
  );

  it('is answered by a child if it is not a POST', async () => {
    expect(await judge('GET /version HTTP/1.1\r\nHost: node1\r\n\r\n')).toEqual([false, true, false]);
  });

  it.each([
    ['its headers', 'POST /version HTTP/1.1\r\nContent-Length: 2\r\n'],
    ['its body', post('jobqueue_update', '["job', 40)],
  ])('waits for the rest of %s', async (_what, received) => {
    expect(await judge(received)).toEqual([true, false, expect.any(Boolean)]);
  });
});
