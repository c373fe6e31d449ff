import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ganetiVersions } from '../../src/config/defaults.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { python } from '../support/slice-python.ts';
import { type Slice, startSlice } from '../support/slice.ts';

const node1 = 'node1.example.com';
const node2 = 'node2.example.com';
const root2 = `/srv/vcluster/${node2}`;

describe.skipIf(!dockerAvailable).each(ganetiVersions)('a node daemon of Ganeti %s', (ganeti) => {
  let slice: Slice;
  beforeAll(async () => {
    slice = await startSlice({ ganeti, nodes: 2 });
  });
  afterAll(() => slice[Symbol.asyncDispose]());

  const talk = async (code: string) => JSON.parse(await python(slice, client + code)) as unknown;

  /** What node2's daemon has logged of requests: the client's port, its own process, the request. */
  const requests = async () => {
    const log = await slice.run(['cat', `${root2}/var/log/ganeti/node-daemon.log`]);
    const line = / pid=(?<pid>\d+) INFO [\d.]+:(?<port>\d+) POST \/(?<name>\w+) /;
    return log.stdout.split('\n').flatMap((text) => {
      const { pid = '', port = '', name = '' } = line.exec(text)?.groups ?? {};
      return name === '' ? [] : [{ pid, port, name }];
    });
  };
  const pid = async () => (await slice.run(['cat', `${root2}/var/run/ganeti/ganeti-noded.pid`])).stdout.trim();

  it('keeps a connection for further requests if the client asks for it, and only then', async () => {
    const told = await talk(`
one = connect()
first, second = ask(one, "version"), ask(one, "version")
other, last = ask(one, "os_diagnose"), ask(one, "version", keep=False)
print(json.dumps([first[0], second[0], other[0], last[0], one.recv(1) == b""]))`);
    expect(told).toEqual(['keep-alive', 'keep-alive', 'keep-alive', 'close', true]);
    const [version, again, diagnose, last] = (await requests()).slice(-4);
    expect([again?.port, diagnose?.port, last?.port]).toEqual(Array(3).fill(version?.port));
  });

  it('answers short requests itself, others in a child', async () => {
    await talk('print(json.dumps([ask(connect(), name, keep=False)[0] for name in ("version", "os_diagnose")]))');
    const [version, diagnose] = (await requests()).slice(-2);
    expect(version).toMatchObject({ name: 'version', pid: await pid() });
    expect(diagnose?.name).toBe('os_diagnose');
    expect(diagnose?.pid).not.toBe(await pid());
  });

  it('serves others while clients say nothing, or half of a request', async () => {
    const told = await talk(`
silent = [socket.create_connection((ADDRESS, 1811)) for _ in range(60)]
half = [connect() for _ in range(5)]
for each in half:
    each.sendall(b"POST /version HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 2\\r\\n\\r\\n[")
answers = [ask(connect(), name)[1][0] for name in ("version", "os_diagnose")]
half[0].sendall(b"]")
print(json.dumps([answers, half[0].recv(65536).startswith(b"HTTP/1.1 200")]))`);
    expect(told).toEqual([[true, true], true]);
  });

  it.each([
    ['no certificate', 'None'],
    ['the certificate of a node that is no master candidate', '"/tmp/other.pem"'],
  ])('refuses a client with %s', async (_what, certificate) => {
    await slice.run([
      ...['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=other'],
      ...['-keyout', '/tmp/other.pem', '-out', '/tmp/other.crt'],
    ]);
    await slice.run(['sh', '-c', 'cat /tmp/other.crt >>/tmp/other.pem']);
    const told = await talk(`
try:
    print(json.dumps(ask(connect(${certificate}), "version")))
except (OSError, EOFError) as error:
    print(json.dumps(type(error).__name__))`);
    expect(told).toMatch(/Error$/);
  });

  it.each(['POST /nothing', 'GET /version', 'nothing'])('closes the connection on %s, and goes on', async (line) => {
    const told = await talk(`
one = connect()
one.sendall(b"${line} HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 2\\r\\n\\r\\n[]")
print(json.dumps([one.recv(65536).decode(), ask(connect(), "version")[0]]))`);
    // Ganeti cannot send its own errors: "'str' object has no attribute 'decode'".
    expect(told).toEqual(['', 'keep-alive']);
  });

  it('gets the requests of a job over one connection', async () => {
    const before = (await requests()).length;
    await slice.gnt(node1, 'gnt-instance', 'add', '-t', 'diskless', '-o', 'dummy', '-n', node2, ...unchecked, 'one');
    const ofJob = (await requests()).slice(before).filter(({ name }) => /^(?:instance|os|hooks)_/.test(name));
    expect(ofJob.length).toBeGreaterThan(4);
    expect(new Set(ofJob.map(({ port }) => port)).size).toBe(1);
  });

  it('has then started its metadata daemon without `daemon-util`', async () => {
    const { stdout: log } = await slice.run(['cat', `${root2}/var/log/ganeti/node-daemon.log`]);
    expect(log).not.toContain('daemon-util start');
    const running = `cat /proc/$(cat ${root2}/var/run/ganeti/ganeti-metad.pid)/comm; getcap $(realpath /usr/sbin/ganeti-metad)`;
    expect((await slice.run(['sh', '-c', running])).stdout).toMatch(/^ganeti-metad\n\S+ cap_net_bind_service=ep\n$/);
  });

  it('writes an ssconf file again only if its content or its mode is another', async () => {
    const file = (key: string) => `${root2}/var/lib/ganeti/ssconf_${key}`;
    const inodes = async () =>
      (await slice.run(['stat', '-c', '%i %a', ...['cluster_name', 'cluster_tags', 'master_ip'].map(file)])).stdout
        .trim()
        .split('\n');
    await slice.run(['chmod', '600', file('master_ip')]);
    const [name, tags, master] = await inodes();
    await slice.gnt(node1, 'gnt-cluster', 'add-tags', 'new');
    await expect.poll(async () => (await slice.run(['cat', file('cluster_tags')])).stdout).toBe('new\n');
    // It is the last one.
    await expect.poll(async () => (await inodes())[2]).toMatch(/ 444$/);
    const [nameAfter, tagsAfter, masterAfter] = await inodes();
    expect(nameAfter).toBe(name);
    expect(tagsAfter).not.toBe(tags);
    expect(masterAfter).not.toBe(master);
  });
});

const unchecked = ['--no-ip-check', '--no-name-check'];

/** A client with the certificate of node1, the master. */
const client = `
import json, socket, ssl
ROOT = "/srv/vcluster/node2.example.com"
ADDRESS = dict(line.split() for line in open(ROOT + "/var/lib/ganeti/ssconf_node_primary_ips"))["node2.example.com"]
def connect(certificate=ROOT.replace("node2", "node1") + "/var/lib/ganeti/client.pem"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if certificate:
        context.load_cert_chain(certificate)
    return context.wrap_socket(socket.create_connection((ADDRESS, 1811), timeout=60))
def ask(one, name, keep=True):
    more = "Connection: keep-alive\\r\\n" if keep else ""
    one.sendall(f"POST /{name} HTTP/1.1\\r\\nHost: x\\r\\n{more}Content-Length: 2\\r\\n\\r\\n[]".encode())
    answer = b""
    while b"\\r\\n\\r\\n" not in answer:
        answer += one.recv(65536) or fail()
    head, _, body = answer.partition(b"\\r\\n\\r\\n")
    headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in head.decode().split("\\r\\n")[1:])}
    while len(body) < int(headers["content-length"]):
        body += one.recv(65536) or fail()
    return headers["connection"], json.loads(body)
def fail():
    raise EOFError
`;
