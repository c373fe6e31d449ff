import { dirname, resolve } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { cliEnvironment } from '../support/cli.ts';
import { dockerAvailable, nothingSkipped } from '../support/docker-available.ts';
import { complaintsOf } from '../support/e2e-instance.ts';
import { hasRapiClient, rapiClients, type RapiClients } from '../support/e2e-rapi-client.ts';
import { sharedCluster, type SharedCluster } from '../support/e2e-shared.ts';

const example = resolve(import.meta.dirname, '../../examples/python/instance_life.py');
const foreign = fileURLToPath(new URL('../fixtures/rapi-certificate.pem', import.meta.url));

/** The changes of a job since the state that the caller knows. */
interface News {
  readonly job_info: readonly [string] | null;
  readonly log_entries: readonly (readonly [serial: number, ...unknown[]])[];
}

const instance = `client.CreateInstance("create", "client.example.com", "sharedfile", [{"size": 64}], [], os="noop",
    hypervisor="fake", pnode="node2.example.com", beparams={"memory": 64}, name_check=False, ip_check=False)`;

/** Each job takes a second or two, and on a busy machine many more. */
const patience = 300_000;

describe.skipIf(!dockerAvailable)('third-party clients through the published port', () => {
  let cluster: SharedCluster;
  let clients: RapiClients;
  beforeAll(async () => {
    cluster = await sharedCluster();
    clients = await rapiClients(cluster);
  }, 300_000);
  afterAll(async () => {
    await (clients as RapiClients | undefined)?.[Symbol.asyncDispose]();
  });

  const masterIs = async () => (await cluster.run(['exec', 'node1', 'gnt-cluster', 'getmaster'])).stdout;

  describe.skipIf(!hasRapiClient() && !nothingSkipped)('Ganeti’s own, in Python', () => {
    it(
      'creates, moves and removes an instance while the master moves: the example',
      async () => {
        const path = `${dirname(inject('cli'))}:${env['PATH'] ?? ''}`;
        const options = { extendEnv: false, reject: false } as const;
        const { exitCode, stdout, stderr } = await execa('/usr/bin/python3', [example], {
          ...options,
          env: cliEnvironment({ PATH: path, VCLUSTER_BOX_CLUSTER: cluster.name }),
        });
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
        expect(stdout.split('\n').filter((line) => !line.startsWith(' '))).toEqual([
          'the master is node1.example.com',
          expect.stringMatching(/^job \d+, create: success$/),
          'life.example.com is running on node1.example.com',
          expect.stringMatching(/^job \d+, migrate: success$/),
          'life.example.com is running on node2.example.com',
          'the master is node2.example.com',
          expect.stringMatching(/^job \d+, fail over: success$/),
          'life.example.com is running on node1.example.com',
          expect.stringMatching(/^job \d+, remove: success$/),
        ]);
        expect(await masterIs()).toBe('node2.example.com');
        await cluster.run(['exec', 'node1', 'gnt-cluster', 'master-failover']);
        expect(await masterIs()).toBe('node1.example.com');
      },
      patience,
    );

    it('is refused with a wrong password, and refuses another’s certificate', async () => {
      const lines = `result = [refusal(connect(password="wrong").GetInfo),
        refusal(connect(cafile=${JSON.stringify(foreign)}).GetInfo)]`;
      expect(await clients.python(lines)).toEqual([
        ['GanetiApiError', 401],
        ['CertificateError', 60],
      ]);
    });

    it('queries features, fields and filters', async () => {
      const lines = `
found = client.Query("node", ["name", "role", "group"], ["&", ["=~", "name", "^node[12]"], ["=", "role", "M"]])
result = [sorted(client.GetFeatures()), found["data"], [field["name"] for field in client.QueryFields("job", ["id"])["fields"]]]`;
      expect(await clients.python(lines)).toEqual([
        ['instance-create-reqv1', 'instance-reinstall-reqv1', 'node-evac-res1', 'node-migrate-reqv1'],
        [[...['node1.example.com', 'M', 'default'].map((value) => [0, value])]],
        ['id'],
      ]);
    });

    it(
      'changes an instance: tags, memory, a larger disk, its name; and removes it',
      async () => {
        const lines = `
name = "client.example.com"
wait(${instance})
wait(client.AddInstanceTags(name, ["owner:tests"]))
wait(client.ModifyInstance(name, beparams={"memory": 96}))
wait(client.GrowInstanceDisk(name, 0, 64))
found = client.Query("instance", ["pnode", "status", "be/memory", "disk.sizes", "tags"], ["=", "name", name])["data"]
console = client.GetInstanceConsole(name)
wait(client.ShutdownInstance(name))
wait(client.RenameInstance(name, "renamed.example.com", ip_check=False, name_check=False))
wait(client.DeleteInstance("renamed.example.com"))
result = [[value for _, value in found[0]], console["kind"], refusal(client.GetInstance, "renamed.example.com")]`;
        expect(await clients.python(lines)).toEqual([
          ['node2.example.com', 'running', 96, [128], ['owner:tests']],
          'ssh',
          ['GanetiApiError', 404],
        ]);
      },
      patience,
    );

    it(
      'creates and removes groups and networks',
      async () => {
        const lines = `
wait(client.CreateGroup("rack2", alloc_policy="last_resort"))
wait(client.AssignGroupNodes("rack2", ["node3.example.com"]))
nodes = client.GetGroup("rack2")["node_list"]
wait(client.AssignGroupNodes("default", ["node3.example.com"]))
wait(client.DeleteGroup("rack2"))
wait(client.CreateNetwork("lan", "192.0.2.0/24", gateway="192.0.2.1", tags=[]))
wait(client.ConnectNetwork("lan", "default", "bridged", "xen-br0"))
network = client.GetNetwork("lan")
wait(client.DisconnectNetwork("lan", "default"))
wait(client.DeleteNetwork("lan"))
result = [nodes, client.GetGroups(), network["gateway"], len(network["group_list"]), client.GetNetworks()]`;
        expect(await clients.python(lines)).toEqual([['node3.example.com'], ['default'], '192.0.2.1', 1, []]);
      },
      patience,
    );
  });

  describe('curl', () => {
    const post = (body: object) => ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)];

    /** By `/2/jobs/ID/wait`, which answers when the job changes. */
    const finished = async (job: string) => {
      let known: News = { job_info: null, log_entries: [] };
      while (!['success', 'error', 'canceled'].includes(`${known.job_info?.[0]}`)) {
        const serial = known.log_entries.at(-1)?.[0] ?? null;
        const asked = { fields: ['status'], previous_job_info: known.job_info, previous_log_serial: serial };
        const { body } = await clients.curl(`/2/jobs/${job}/wait`, '-X', 'GET', ...post(asked));
        known = (JSON.parse(body) as News | null) ?? known;
      }
      return known.job_info?.[0];
    };

    it('creates an instance, follows the job, and removes the instance', async () => {
      const wanted = { instance_name: 'curl.example.com', disk_template: 'diskless', disks: [], nics: [] };
      const unchecked = { name_check: false, ip_check: false, pnode: 'node2.example.com' };
      const body = { __version__: 1, mode: 'create', os_type: 'noop', hypervisor: 'fake', ...wanted, ...unchecked };
      const made = await clients.curl('/2/instances', ...post(body));
      expect(made).toMatchObject({ exitCode: 0, status: 200 });
      expect(await finished(made.body.trim())).toBe('success');
      const seen = await clients.curl('/2/instances/curl.example.com');
      expect(JSON.parse(seen.body)).toMatchObject({ pnode: 'node2.example.com', status: 'running' });
      const removed = await clients.curl('/2/instances/curl.example.com', '-X', 'DELETE');
      expect(await finished(removed.body.trim())).toBe('success');
      expect(await clients.curl('/2/instances/curl.example.com')).toMatchObject({ exitCode: 0, status: 404 });
    });

    it.each([
      ['a wrong password', ['-u', 'rapi:wrong']],
      ['another user', ['-u', 'root:x']],
      ['none', ['--user', ':']],
    ])('is refused with %s', async (_, user) => {
      expect(await clients.curl('/2/info', ...user)).toMatchObject({ exitCode: 0, status: 401 });
    });

    it.each([
      ['takes', 'localhost', 0],
      ['takes', 'cluster.example.com', 0],
      ['takes', 'ganeti.example.com', 0],
      ['refuses', 'elsewhere.example.com', 60],
    ])('%s the certificate for the name %s', async (_, name, status) => {
      const { GANETI_RAPI_PORT = '' } = clients.variables;
      const asName = ['--resolve', `${name}:${GANETI_RAPI_PORT}:127.0.0.1`];
      const { exitCode } = await clients.curl(`https://${name}:${GANETI_RAPI_PORT}/2/info`, ...asName);
      expect(exitCode).toBe(status);
    });

    it('refuses a cluster with another certificate', async () => {
      expect(await clients.curl('/2/info', '--cacert', foreign)).toMatchObject({ exitCode: 60, status: 0 });
    });
  });

  it('leave the cluster unchanged', async () => {
    expect(await complaintsOf(cluster)).toEqual([]);
  });
});
