import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { python } from '../support/slice-python.ts';
import { type Slice, startSlice } from '../support/slice.ts';

const secret = '/run/secrets/rapi-password';
const password = 'Wxyz-given_0815';

/** Started as by compose and `docker run`. */
describe.skipIf(!dockerAvailable)('a slice with the image’s own plan and a given password', () => {
  let slice: Slice;
  beforeAll(async () => {
    slice = await startSlice({
      plan: () => undefined,
      files: [{ path: secret, content: `${password}\n`, mode: 0o400 }],
      // The engine's own health check would make the requests countable only by chance.
      settings: { noHealthCheck: true, env: { VCLUSTER_BOX_NODES: '2', VCLUSTER_BOX_RAPI_PASSWORD_FILE: secret } },
    });
  });
  afterAll(() => slice[Symbol.asyncDispose]());

  it('uses as many nodes of the plan as requested', async () => {
    const list = await slice.gnt('node1.example.com', 'gnt-node', 'list', '--no-headers', '-o', 'name');
    expect(list).toBe('node1.example.com\nnode2.example.com\n');
  });

  it('keeps that plan, whatever is requested later', async () => {
    const line = 'VCLUSTER_BOX_NODES=5 vcluster-slice status';
    const { stdout } = await slice.run(['sh', '-c', line]);
    expect((JSON.parse(stdout) as { nodes: unknown[] }).nodes).toHaveLength(2);
  });

  it.each([
    ['the password that was given', password, 200],
    ['another', 'wrong', 401],
  ])('answers over RAPI to %s with %s: %i', async (_what, given, status) => {
    const code = `
import base64, ssl, sys, urllib.error, urllib.request
token = base64.b64encode(("rapi:" + sys.stdin.read()).encode()).decode()
request = urllib.request.Request("https://198.18.0.1:5080/2/info", headers={"Authorization": "Basic " + token})
try:
    print(urllib.request.urlopen(request, context=ssl._create_unverified_context()).status)
except urllib.error.HTTPError as error:
    print(error.code)`;
    expect(await python(slice, code, given)).toBe(`${status}\n`);
  });

  it('is refused by RAPI for only one health check after the user has changed the password', async () => {
    const node1 = '/srv/vcluster/node1.example.com';
    const refusals = async () => {
      const log = await slice.engine.readFile(slice.container, `${node1}/var/log/ganeti/rapi-daemon.log`);
      return log?.toString().match(/ 401$/gm)?.length ?? 0;
    };
    const checkHealth = async () => {
      for (let count = 0; count < 3; count++) {
        expect(await slice.run([slicePaths.program, 'healthy'])).toMatchObject({ status: 0 });
      }
    };
    const before = await refusals();
    await checkHealth();
    expect(await refusals()).toBe(before);
    const users = `${node1}/var/lib/ganeti/rapi/users`;
    const change = `echo 'rapi changed write' >${users}; kill -HUP $(cat ${node1}/var/run/ganeti/ganeti-rapi.pid)`;
    await slice.run(['sh', '-c', change]);
    await checkHealth();
    expect(await refusals()).toBe(before + 1);
  });

  it('says where the password is, but not the password', async () => {
    const events = await slice.log();
    expect(events.at(-1)).toMatchObject({
      type: 'ready',
      message: 'The cluster cluster.example.com is ready.',
      rapi: { password: `docker exec CONTAINER cat ${slicePaths.rapiPassword}` },
    });
    expect(JSON.stringify(events)).not.toContain(password);
    const kept = await slice.engine.readFile(slice.container, slicePaths.rapiPassword);
    expect(kept?.toString()).toBe(`${password}\n`);
  });
});
