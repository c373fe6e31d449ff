import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ganetiVersions } from '../../src/config/defaults.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { type Slice, startSlice } from '../support/slice.ts';

const root = '/srv/vcluster/node1.example.com';

describe.skipIf(!dockerAvailable).each(ganetiVersions)('a node of Ganeti %s', (ganeti) => {
  let box: Slice;
  beforeAll(async () => {
    box = await startSlice({ ganeti, idle: true });
    await box.run(['mkdir', '-p', `${root}/var/run/ganeti`, `${root}/var/lib/vcluster-box`]);
  });
  afterAll(() => box[Symbol.asyncDispose]());

  /** As a daemon of that node. */
  const asNode = async (code: string) => {
    const node = { GANETI_ROOTDIR: root, GANETI_HOSTNAME: 'node1.example.com' };
    const env = { ...node, PYTHONPATH: '/usr/share/ganeti/default' };
    const { status, stdout, stderr } = await box.run(['python3', '-c', code], { env });
    if (status !== 0) throw new Error(stderr);
    return stdout.trim().split('\n');
  };

  it('has a boot id of its own once it has been powered off', async () => {
    expect(await asNode(bootId)).toEqual(['/proc/sys/kernel/random/boot_id']);
    await box.run(['touch', `${root}/var/lib/vcluster-box/boot-id`]);
    expect(await asNode(bootId)).toEqual([`${root}/var/lib/vcluster-box/boot-id`]);
  });

  it.each(['fake', 'kvm'])('is powercycled only by the out-of-band program, as %s', async (kind) => {
    expect(await asNode(powercycle(kind))).toEqual([
      "/usr/lib/vcluster-box/oob ['/usr/lib/vcluster-box/oob', 'power-cycle', 'node1.example.com']",
      'ended with 0',
    ]);
  });

  it('reports instances that shut themselves down or are ending, and the memory of one that migrates', async () => {
    expect(await asNode(instances)).toEqual([
      "['running']",
      "[('down', 0, 1), ('running', 128, 0)]",
      "('down', '-1', 0, 0, 1, 0) ('running', '0', 128, 1, 0, 0) None",
      '128',
      "['0', '64', '1']",
      "('moved', '0', 96, 1, 0, 0)",
      "('down', '0', 256, 1, 0, 0)",
    ]);
  });
});

/** Prints what Ganeti starts, and which files of the kernel it opens, during a powercycle. */
const powercycle = (kind: string) => `
import os, sys, time
from ganeti import backend, hypervisor
time.sleep = lambda seconds: None
hyper = hypervisor.GetHypervisorClass("${kind}")
hypervisor.GetHypervisor = lambda name: hyper
def tell(event, arguments):
    if event in ("subprocess.Popen", "os.system", "os.posix_spawn"):
        print(arguments[0], arguments[1], flush=True)
    elif event == "open" and str(arguments[0]).startswith("/proc/sys"):
        print("opens", arguments[0], flush=True)
sys.addaudithook(tell)
backend.utils.Mlockall = lambda: None
backend.os = type("Os", (), {**vars(os), "fork": staticmethod(lambda: 0)})
child = os.fork()
if child == 0:
    backend.PowercycleNode("${kind}")
    print("goes on", flush=True)
    os._exit(1)
print("ended with", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

const instances = `
import os
from types import SimpleNamespace
from ganeti import hypervisor
fake = hypervisor.GetHypervisorClass("fake")()
def instance(name):
    memory = {"vcpus": 1, "minmem": 64, "maxmem": 256}
    return SimpleNamespace(name=name, beparams=memory, hvparams={}, nics=[])
for name, content in {"running": "0\\n128\\n1\\n", "down": "-1\\n0\\n0\\n"}.items():
    with open(os.path.join(fake._ROOT_DIR, name), "w") as file:
        file.write(content)
os.symlink("/nowhere", os.path.join(fake._ROOT_DIR, "going"))
print(fake.ListInstances())
print(sorted((row[0], row[2], row[4]) for row in fake.GetAllInstancesInfo()))
print(*(fake.GetInstanceInfo(name) for name in ("down", "running", "none")))
print(fake.MigrationInfo(instance("running")))
with open(os.path.join(fake._ROOT_DIR, "moved"), "w") as file:
    file.write("0\\n64\\n1\\n")
with open(os.path.join(fake._ROOT_DIR, "moved")) as seen:
    fake.FinalizeMigrationDst(instance("moved"), "96", True)
    print(seen.read().split())
print(fake.GetInstanceInfo("moved"))
fake.StartInstance(instance("down"), [], False)
print(fake.GetInstanceInfo("down"))
`;

const bootId = 'import os; from ganeti import backend; print(os.fspath(backend._BOOT_ID_PATH))';
