import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { endpointOptions } from '../../../src/engine/locate/endpoint-options.ts';

const options = (endpoint: string, tls?: { directory: string; verify: boolean }) =>
  endpointOptions({ source: 'DOCKER_HOST', endpoint, ...(tls && { tls }) });

describe('an endpoint', () => {
  it.each([
    ['unix:///var/run/docker.sock', { socketPath: '/var/run/docker.sock' }],
    ['unix:///tmp/a%2Fb/d.sock', { socketPath: '/tmp/a%2Fb/d.sock' }],
    ['unix:///tmp/a#b?c/100%/d e.sock', { socketPath: '/tmp/a#b?c/100%/d e.sock' }],
    ['tcp://192.0.2.1:1234', { protocol: 'http', host: '192.0.2.1', port: 1234 }],
    ['tcp://lab.example.com', { protocol: 'http', host: 'lab.example.com', port: 2375 }],
    ['tcp://[2001:db8::1]:1234', { protocol: 'http', host: '2001:db8::1', port: 1234 }],
    ['http://192.0.2.1', { protocol: 'http', host: '192.0.2.1', port: 2375 }],
    ['https://192.0.2.1', { protocol: 'https', host: '192.0.2.1', port: 2376 }],
  ])('is converted: %s', async (endpoint, expected) => {
    expect(await options(endpoint)).toEqual(expected);
  });

  it('with TLS uses the certificates that exist', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'vcluster-box-'));
    await writeFile(join(directory, 'ca.pem'), 'authority');
    expect(await options('tcp://192.0.2.1', { directory, verify: true })).toEqual({
      protocol: 'https',
      host: '192.0.2.1',
      port: 2376,
      ca: Buffer.from('authority'),
    });
  });

  it('is not verified if the user disables that', async () => {
    expect(await options('tcp://192.0.2.1', { directory: '/none', verify: false })).toMatchObject({
      agent: { options: { rejectUnauthorized: false } },
    });
  });
});
