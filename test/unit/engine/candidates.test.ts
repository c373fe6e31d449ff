import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { findCandidates, hostCandidate } from '../../../src/engine/locate/candidates.ts';
import { homeDirectory } from '../../../src/engine/locate/home-directory.ts';
import { EngineError } from '../../../src/errors.ts';
import { storeContext as storeIn } from '../../support/docker-context.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'vcluster-box-'));
});

const find = (env: Record<string, string> = {}, uid = 1000) => findCandidates({ env, home, uid });

const storeContext = (name: string, endpoint: object, options = {}) => storeIn(home, name, endpoint, options);

async function configure(config: string): Promise<void> {
  await mkdir(`${home}/.docker`, { recursive: true });
  await writeFile(`${home}/.docker/config.json`, config);
}

describe('the candidates', () => {
  it('are the default sockets if nothing is configured', async () => {
    expect((await find({ XDG_RUNTIME_DIR: '/run/me' })).map(({ endpoint }) => endpoint)).toEqual([
      'unix:///var/run/docker.sock',
      'unix:///run/me/docker.sock',
      `unix://${home}/.docker/run/docker.sock`,
      'unix:///run/me/podman/podman.sock',
    ]);
  });

  it('include the default runtime directory of the user without XDG_RUNTIME_DIR', async () => {
    expect((await find({}, 1234))[1]).toMatchObject({ endpoint: 'unix:///run/user/1234/docker.sock' });
  });

  it('are only DOCKER_HOST if it is set', async () => {
    await storeContext('lab', { Host: 'tcp://192.0.2.9:2375' });
    await configure('{"currentContext":"lab"}');
    expect(await find({ DOCKER_HOST: 'unix:///tmp/x.sock' })).toEqual([
      { source: 'DOCKER_HOST', endpoint: 'unix:///tmp/x.sock' },
    ]);
  });

  it('use TCP if DOCKER_HOST has no scheme', async () => {
    expect(await find({ DOCKER_HOST: '192.0.2.1:2375' })).toMatchObject([{ endpoint: 'tcp://192.0.2.1:2375' }]);
  });

  it.each([
    [
      { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' },
      { directory: '/certs', verify: true },
    ],
    [
      { DOCKER_TLS: '1', DOCKER_CERT_PATH: '/certs' },
      { directory: '/certs', verify: false },
    ],
    [{ DOCKER_CERT_PATH: '/certs' }, undefined],
  ])('use TLS according to the environment: %o', async (env, tls) => {
    expect((await find({ DOCKER_HOST: 'tcp://192.0.2.1:2376', ...env }))[0]?.tls).toEqual(tls);
  });

  it('are only the current docker context if there is one', async () => {
    const directory = await storeContext('lab', { Host: 'tcp://192.0.2.9:2376' }, { tls: true });
    await configure('{"currentContext":"lab"}');
    expect(await find()).toEqual([
      { source: 'docker context lab', endpoint: 'tcp://192.0.2.9:2376', tls: { directory, verify: true } },
    ]);
  });

  it('have the proxies of the endpoint, or else the default ones, like `docker build`', async () => {
    const proxies = {
      default: { httpProxy: 'http://me:secret@proxy:3128', noProxy: 'example.com', httpsProxy: '' },
      'tcp://192.0.2.1:2375': { allProxy: 'socks5://proxy' },
    };
    await configure(JSON.stringify({ proxies }));
    const proxy = 'http://me:secret@proxy:3128';
    const usual = { HTTP_PROXY: proxy, http_proxy: proxy, NO_PROXY: 'example.com', no_proxy: 'example.com' };
    for (const candidate of await find()) expect(candidate.proxies).toEqual(usual);
    const [other] = await find({ DOCKER_HOST: 'tcp://192.0.2.1:2375' });
    expect(other?.proxies).toEqual({ ALL_PROXY: 'socks5://proxy', all_proxy: 'socks5://proxy' });
    await configure('{"proxies":');
    expect((await find({ DOCKER_HOST: 'tcp://192.0.2.1:2375' }))[0]?.proxies).toBeUndefined();
  });

  it('prefer DOCKER_CONTEXT to the configured context', async () => {
    await storeContext('lab', { Host: 'unix:///lab.sock' });
    await storeContext('other', { Host: 'unix:///other.sock' });
    await configure('{"currentContext":"other"}');
    expect(await find({ DOCKER_CONTEXT: 'lab' })).toMatchObject([{ endpoint: 'unix:///lab.sock' }]);
  });

  it('are the default sockets if the context is `default`', async () => {
    await configure('{"currentContext":"default"}');
    expect(await find()).toHaveLength(4);
  });

  it('cannot be found if the context does not exist', async () => {
    await expect(find({ DOCKER_CONTEXT: 'typo' })).rejects.toThrow('docker context typo does not exist');
  });

  it.each(['', '{"currentContext":null}', '{}'])('are the default sockets if the configuration is %j', async (text) => {
    await configure(text);
    expect(await warningsOf()).toEqual([]);
  });

  it.each([
    ['{ not json', 'it is not JSON'],
    ['\uFEFF{"currentContext":"lab"}', 'it is not JSON'],
    ['["lab"]', 'it is a list, not an object'],
    ['null', 'it is null, not an object'],
    ['{"currentContext":["lab"]}', 'currentContext is a list, not a string'],
  ])('are the default sockets, with a warning, if the configuration is %j', async (text, problem) => {
    await configure(text);
    expect(await warningsOf()).toEqual([`${home}/.docker/config.json is ignored: ${problem}`]);
  });

  it('are the default sockets, with a warning, if the configuration cannot be read', async () => {
    await mkdir(`${home}/.docker/config.json`, { recursive: true });
    expect(await warningsOf()).toEqual([`${home}/.docker/config.json is ignored: illegal operation on a directory`]);
  });

  async function warningsOf(): Promise<readonly string[]> {
    const warnings: string[] = [];
    expect(await findCandidates({ env: {}, home, uid: 1000 }, (message) => warnings.push(message))).toHaveLength(4);
    return warnings;
  }

  it.each(['null', '[]', '{"Endpoints":{"docker":"x"}}'])('cannot be found in the docker context %s', async (text) => {
    const directory = `${home}/.docker/contexts/meta/${createHash('sha256').update('lab').digest('hex')}`;
    await mkdir(directory, { recursive: true });
    await writeFile(`${directory}/meta.json`, text);
    await expect(find({ DOCKER_CONTEXT: 'lab' })).rejects.toThrow(EngineError);
  });

  it.each(['/var/run/docker.sock', 'unix:/var/run/docker.sock'])(
    'are not a path without a scheme: %s',
    async (host) => {
      const error = {
        message: `invalid endpoint ${host}: it has no scheme`,
        hint: 'Did you mean unix:///var/run/docker.sock?',
      };
      await expect(find({ DOCKER_HOST: host })).rejects.toMatchObject(error);
      await expect(hostCandidate(host, { env: {}, home, uid: 1000 })).rejects.toMatchObject(error);
    },
  );
});

it('a user without a home directory gets one below which nothing exists', () => {
  vi.stubEnv('HOME', '');
  expect(homeDirectory()).toBe('/dev/null');
  vi.unstubAllEnvs();
});
