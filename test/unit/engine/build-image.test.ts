import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { describe, expect, it } from 'vitest';
import { buildImage, isBuilderMessage, proxyHint, shortenFailure } from '../../../src/engine/build-image.ts';

it.each(['Step 5/15 : RUN true', ' ---> Running in 3222944c202f', 'Removing intermediate container 3222944c202f'])(
  '"%s" is a message of the builder',
  (line) => {
    expect(isBuilderMessage(line)).toBe(true);
  },
);

it('the output of a program is not a message of the builder', () => {
  expect(isBuilderMessage('E: Unable to locate package ganeti')).toBe(false);
});

it('a failure shows only the start of a long command, and its exit status', () => {
  const command = `/bin/sh -c set -eu;\n    ${'apt-get update; '.repeat(100)}`;
  const short = shortenFailure(`The command '${command}' returned a non-zero code: 100`);
  expect(short).toMatch(
    /^The command '\/bin\/sh -c set -eu; apt-get update; .* \.\.\.' returned a non-zero code: 100$/,
  );
  expect(short.length).toBeLessThan(180);
});

it.each(["The command '/bin/sh -c exit 3' returned a non-zero code: 3", 'no space left on device'])(
  'the failure "%s" is not shortened',
  (failure) => {
    expect(shortenFailure(failure)).toBe(failure);
  },
);

describe('proxies', () => {
  /** The arguments of a build, on an engine with proxies of its own. */
  const argumentsOf = async (info: object, proxies?: Readonly<Record<string, string>>) => {
    let options: { readonly buildargs?: unknown } = {};
    const docker = {
      info: () => Promise.resolve(info),
      buildImage: (_context: unknown, given: object) => {
        options = given;
        return Promise.resolve(Readable.from([]));
      },
    } as unknown as Docker;
    const request = { context: Readable.from([]), tag: 'a:1', buildArgs: { GANETI: '3.0' }, labels: {} };
    await buildImage({ docker, endpoint: 'unix:///tmp/d.sock', proxies }, request, () => undefined);
    return options.buildargs;
  };

  it('of the engine are passed to the build, except those whose password it hides', async () => {
    const info = { HttpProxy: 'http://proxy:3128', HttpsProxy: 'http://xxxxx:xxxxx@proxy:3128', NoProxy: '' };
    expect(await argumentsOf(info)).toEqual({ GANETI: '3.0', http_proxy: 'http://proxy:3128' });
  });

  it('of the user replace those of the engine', async () => {
    const mine = { HTTP_PROXY: 'http://me:secret@proxy:3128', http_proxy: 'http://me:secret@proxy:3128' };
    expect(await argumentsOf({ HttpProxy: 'http://other:3128' }, mine)).toEqual({ GANETI: '3.0', ...mine });
  });

  it.each([
    ['http://xxxxx:xxxxx@proxy:3128', 'The engine hides the password of its proxy.'],
    ['http://127.0.0.1:3128', 'The proxy http://127.0.0.1:3128 is the build container itself.'],
    ['http://me:x@localhost:3128/', 'localhost'],
    ['localhost:3128', 'localhost'],
    ['http://[::1]:3128', '[::1]'],
  ])('%s is explained if a build fails', (proxy, text) => {
    expect(proxyHint({ http_proxy: proxy })).toContain(text);
    expect(proxyHint({ http_proxy: proxy })).toContain('~/.docker/config.json');
  });

  it.each([
    {},
    { http_proxy: 'http://proxy:3128', no_proxy: 'localhost,127.0.0.1' },
    { http_proxy: 'localhost.lan:1' },
  ])('%j is not', (proxies) => {
    expect(proxyHint(proxies)).toBeUndefined();
  });
});
