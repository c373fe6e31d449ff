import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ganetiVersions } from '../../src/config/defaults.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { type Slice, startSlice } from '../support/slice.ts';

const root = '/srv/vcluster/node1.example.com';
const asNode = { GANETI_ROOTDIR: root, GANETI_HOSTNAME: 'node1.example.com' };

/** Some of what is changed in nodes; test/slice/hooks.test.ts has all of it. */
const changes = [
  ['ganeti.backend', 'VerifyNode'],
  ['ganeti.luxi', 'Client.__init__'],
  ['ganeti.watcher', 'utils.EnsureDaemon'],
] as const;

describe.skipIf(!dockerAvailable).each(ganetiVersions)('the changes to the Python of Ganeti %s', (ganeti) => {
  let box: Slice;
  beforeAll(async () => {
    box = await startSlice({ ganeti, idle: true });
  });
  afterAll(() => box[Symbol.asyncDispose]());

  const python = (code: string, env: Readonly<Record<string, string>>) =>
    box.run(['python3', '-c', code], { env: { ...env, PYTHONPATH: '/usr/share/ganeti/default' } });
  const moduleOf = (module: string, attribute: string) =>
    `import operator, ${module} as m; print(operator.attrgetter(${JSON.stringify(attribute)})(m).__module__)`;

  it.each(changes)('are not applied outside nodes: %s, %s', async (module, attribute) => {
    const { status, stdout } = await python(moduleOf(module, attribute), {});
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^ganeti\./)]);
  });

  it('cost a program outside nodes only one look at its environment', async () => {
    const { stdout } = await python('import sys; print([m for m in sys.modules if m.startswith("vcluster")])', {});
    expect(stdout).toBe('[]\n');
  });

  it('import nothing of Ganeti by themselves', async () => {
    const { stdout } = await python('import sys; print([m for m in sys.modules if m.startswith("ganeti")])', asNode);
    expect(stdout).toBe('[]\n');
  });

  it.each([
    ['verify', 'backend', 'VerifyNode'],
    ['verify', 'backend', 'constants.NV_NODESETUP'],
    ['follow_master', 'luxi', 'Client'],
    ['follow_master', 'luxi', 'pathutils.QUERY_SOCKET'],
    ['watcher', 'watcher', 'utils.EnsureDaemon'],
    ['watcher', 'watcher', 'constants.CONFD'],
  ])('fail if Ganeti no longer has what they change: %s without %s.%s', async (change, module, attribute) => {
    const path = attribute.split('.');
    const code = `
import importlib
from types import SimpleNamespace
from vcluster_node import ${change}
module = importlib.import_module("ganeti.${module}")
fake = SimpleNamespace(**vars(module))
owner = fake
for name in ${JSON.stringify(path.slice(0, -1))}:
    copy = SimpleNamespace(**vars(getattr(owner, name)))
    setattr(owner, name, copy)
    owner = copy
delattr(owner, "${path.at(-1) ?? ''}")
${change}.change(fake)`;
    const { status, stderr } = await python(code, { ...asNode, VCLUSTER_BOX_FOLLOW_MASTER: '1' });
    expect(status).toBe(1);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^AttributeError/);
  });

  it('accept a missing sysrq-trigger, and keep every other error', async () => {
    const code = `
from types import SimpleNamespace
from vcluster_node import verify
told = ["The /proc/sysrq-trigger is missing", "another complaint"]
backend = SimpleNamespace(constants=SimpleNamespace(NV_NODESETUP="nodesetup"), VerifyNode=lambda what: {"nodesetup": told})
verify.change(backend)
print(backend.VerifyNode({}))`;
    expect((await python(code, asNode)).stdout).toBe("{'nodesetup': ['another complaint']}\n");
  });
});
