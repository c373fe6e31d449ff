import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ganetiVersions } from '../../src/config/defaults.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { type Slice, startSlice } from '../support/slice.ts';

/**
 * Every module, of Ganeti or Python, that is changed in virtual nodes (`vcluster_node.CHANGES`), and what is different
 * in it.  A new change must be added here.
 */
const changed: Readonly<Record<string, readonly string[]>> = {
  'ganeti.backend': [
    'VerifyNode',
    ...['_TransformFileStorageDir', 'CreateFileStorageDir', 'RemoveFileStorageDir', 'RenameFileStorageDir'],
    ...['_GetImportExportIoCommand', 'ExportInfo', 'JobQueueRename', 'ModifyInstanceMetadata'],
  ],
  'ganeti.bootstrap': [
    ...['utils.RunCmd', '_WaitForNodeDaemon', '_WaitForMasterDaemon'],
    ...['utils.x509.OpenSSL.crypto.PKey.generate_key', 'os.fsync'],
  ],
  'ganeti.client.gnt_cluster': ['SubmitOpCode'],
  'ganeti.confd.client': ['ConfdClient.UpdatePeerList'],
  'ganeti.hypervisor.hv_base': ['BaseHypervisor.LinuxPowercycle', 'BaseHypervisor.GetLinuxNodeInfo'],
  'ganeti.hypervisor.hv_fake': [
    ...['GetInstanceInfo', 'GetAllInstancesInfo', 'ListInstances', 'StartInstance'].map(ofFake),
    ...['MigrationInfo', 'FinalizeMigrationDst', '_MarkUp', '_MarkDown', 'GetInstanceConsole'].map(ofFake),
  ],
  'ganeti.http.client': ['_StartRequest', 'ProcessRequests'],
  'ganeti.impexpd': ['CommandBuilder._GetSocatCommand'],
  'ganeti.jqueue': ['serializer.DumpJson', 'serializer.LoadJson'],
  'ganeti.luxi': ['Client.__init__'],
  'ganeti.rpc.transport': ['Transport.Send', 'Transport.Recv', 'FdTransport.Send', 'FdTransport.Recv'],
  'ganeti.server.noded': ['http.server.HttpServer', 'NodeRequestHandler.HandleRequest'],
  'ganeti.ssconf': ['SimpleStore.WriteFiles'],
  'ganeti.ssh': ['SshRunner.CopyFileToNode'],
  'ganeti.storage.bdev': ['LogicalVolume._ParseLvInfoLine', 'LogicalVolume.dev_path.fget'],
  'ganeti.storage.container': ['FileStorage._ListInner'],
  'ganeti.storage.drbd': ['DRBD8.GetUsermodeHelper', 'DRBD8Dev._DevPath', 'DRBD8Dev.RemoveChildren'],
  'ganeti.storage.drbd_info': ['DRBD8Info.CreateFromFile'],
  'ganeti.storage.extstorage': ['stat.S_ISBLK'],
  'ganeti.storage.filestorage': [
    ...['FileDeviceHelper.CreateFile', 'FileDeviceHelper.__init__', 'FileDeviceHelper.Move', 'FileDeviceHelper.Exists'],
    ...['FileStorage.__init__', 'FileStorage.Assemble'],
    ...['CheckFileStoragePathAcceptance', 'CheckFileStoragePath', 'GetFileStorageSpaceInfo'],
  ],
  'ganeti.utils.process': ['_BuildCmdEnvironment', '_RunCmdPipe'],
  'ganeti.utils.x509': ['_VerifyX509CertificateStrength'],
  'ganeti.vcluster': ['ExchangeNodeRoot'],
  'ganeti.watcher': ['utils.EnsureDaemon'],
  socket: ['gethostname'],
};

/** Prints which of these functions are ours in each module, and how each change fails with an empty module. */
const look = `
import functools, importlib, json, sys, types, vcluster_node
found, moved = {}, {}
for name, places in json.load(sys.stdin).items():
    module = importlib.import_module(name)
    functions = {place: functools.reduce(getattr, place.split("."), module) for place in places}
    found[name] = [place for place, function in functions.items() if function.__module__.startswith("vcluster_node.")]
    if name not in vcluster_node.CHANGES:
        del found[name]
for name, changes in vcluster_node.CHANGES.items():
    found.setdefault(name, [])
    for change in changes:
        try:
            change(types.ModuleType(name))
            moved[f"{change.__module__}.{change.__name__}"] = "nothing"
        except AttributeError:
            pass
print(json.dumps({"found": found, "moved": moved}))
`;

describe.skipIf(!dockerAvailable).each(ganetiVersions)('the changes to Ganeti %s in virtual nodes', (ganeti) => {
  let box: Slice;
  beforeAll(async () => {
    box = await startSlice({ ganeti, idle: true });
    await box.run(['mkdir', '-p', `${root}/var/run/ganeti`, `${root}/srv/ganeti/file-storage`, resourcesIn]);
    await box.run(['openssl', 'genrsa', '-out', initKey, '2048']);
  });
  afterAll(() => box[Symbol.asyncDispose]());

  const root = '/srv/vcluster/node1.example.com';
  const resourcesIn = `${root}/var/lib/vcluster-box`;
  const initKey = '/tmp/key.pem';
  /** As a daemon or a `gnt-*` program of that node. */
  const asNode = async (code: string, stdin = '') => {
    const env = {
      GANETI_ROOTDIR: root,
      GANETI_HOSTNAME: 'node1.example.com',
      // Without these variables, two of the changes do nothing.
      VCLUSTER_BOX_FOLLOW_MASTER: '1',
      VCLUSTER_BOX_INIT_KEY: initKey,
      PYTHONPATH: '/usr/share/ganeti/default',
    };
    const { status, stdout, stderr } = await box.run(['python3', '-c', code], { env, stdin });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as unknown;
  };

  it('are all applied; if what they change does not exist, they fail', async () => {
    const answer = (await asNode(look, JSON.stringify(changed))) as object;
    expect(answer).toEqual({ found: changed, moved: {} });
  });

  it('give a node the resources in the plan, less what runs on it, except those that all nodes share', async () => {
    const resources = { memoryMiB: 8192, ownMemoryMiB: 128, cpus: 4, ownCpus: 1, diskMiB: 20_480 };
    const files = [
      [`${resourcesIn}/resources.json`, JSON.stringify(resources)],
      [`${root}/var/run/ganeti/fake-hypervisor/instance1.example.com`, '0\n1024\n2\n'],
    ] as const;
    for (const [path, content] of files) {
      await box.run(['sh', '-c', 'mkdir -p "$(dirname "$1")"; cat >"$1"', 'sh', path], { stdin: content });
    }
    await box.run([
      'sh',
      '-c',
      `mkdir -p /srv/ganeti/file-storage; truncate -s 5G ${root}/srv/ganeti/file-storage/disk0`,
    ]);
    const told = await asNode(tell);
    expect(told).toMatchObject({
      info: { memory_total: 8192, memory_dom0: 128, memory_free: 7040, cpu_total: 4, cpu_dom0: 1, cpu_nodes: 1 },
      space: { type: 'file', name: '/srv/ganeti/file-storage', storage_size: 20_480, storage_free: 15_360 },
      list: [['/srv/ganeti/file-storage', 20_480, 5120, 15_360, true]],
    });
    const { shared } = told as { readonly shared: readonly (readonly [size: number, free: number])[] };
    expect(shared).toEqual([[expect.any(Number), expect.any(Number)]]);
    expect(shared[0]?.[0]).not.toBe(20_480);
  });

  it('call weak what is weaker than RSA of 2048 bits, whatever the kind of the key', async () => {
    const kinds = {
      'rsa 1024': ['-newkey', 'rsa:1024'],
      'rsa 2048': ['-newkey', 'rsa:2048'],
      'P-256': ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
      secp192: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp192k1'],
    };
    const judged: Record<string, unknown> = {};
    for (const [kind, options] of Object.entries(kinds)) {
      const argv = ['openssl', 'req', '-x509', '-nodes', '-keyout', '/dev/null', '-subj', '/CN=x', ...options];
      const { stdout: pem } = await box.run(argv);
      judged[kind] = await asNode(judge, pem);
    }
    expect(judged).toEqual({
      'rsa 1024': [1, expect.stringContaining('weak public/private keypair: 1024 bits')],
      'rsa 2048': [null, null],
      'P-256': [null, null],
      secp192: [1, expect.stringContaining('weak public/private keypair: 192 bits')],
    });
  });

  it('do not affect a node without resources of its own', async () => {
    await box.run(['rm', `${resourcesIn}/resources.json`]);
    const machine = Number(
      (await box.run(['sh', '-c', "sed -n 's/^MemTotal: *//p' /proc/meminfo | tr -dc 0-9"])).stdout,
    );
    const { info } = (await asNode(tell)) as { readonly info: Readonly<Record<string, number>> };
    expect(info['memory_total']).toBe(Math.floor(machine / 1024));
  });
});

const judge = `
import json, sys
from OpenSSL import crypto
from ganeti.utils import x509
print(json.dumps(x509.VerifyX509Certificate(crypto.load_certificate(crypto.FILETYPE_PEM, sys.stdin.read()), 1, 1, True)))
`;

const tell = `
import json
from ganeti import backend, hypervisor
from ganeti.storage import container
fake = hypervisor.GetHypervisorClass("fake")()
path = "/srv/ganeti/file-storage"
print(json.dumps({
    "info": fake.GetNodeInfo(),
    "space": backend._ApplyStorageInfoFunction("file", path, []),
    "shared": container.FileStorage(["/srv/ganeti"]).List(None, ["size", "free"]),
    "list": container.FileStorage([path]).List(None, ["name", "size", "used", "free", "allocatable"]),
}))
`;

function ofFake(method: string): string {
  return `FakeHypervisor.${method}`;
}
