import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { arch } from 'node:process';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { listen, portOf } from './e2e-proxy.ts';

export interface Registry extends AsyncDisposable {
  /** name of its only image, which any engine on this machine can pull */
  readonly image: string;
}

const digestOf = (content: Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`;
const type = (what: string) => `application/vnd.docker.${what}`;

/** A registry on this machine with an image that consists of `/etc/os-release`, and has the labels. */
export async function startRegistry(osRelease: string, labels: Readonly<Record<string, string>>): Promise<Registry> {
  const layer = pack();
  layer.entry({ name: 'etc/os-release' }, osRelease);
  layer.finalize();
  const tar = await buffer(layer);
  const rootfs = { type: 'layers', diff_ids: [digestOf(tar)] };
  const architecture = arch === 'x64' ? 'amd64' : arch;
  const config = Buffer.from(JSON.stringify({ architecture, os: 'linux', config: { Labels: labels }, rootfs }));
  const describe = (content: Buffer, what: string) => ({
    mediaType: type(what),
    size: content.length,
    digest: digestOf(content),
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: type('distribution.manifest.v2+json'),
      config: describe(config, 'container.image.v1+json'),
      layers: [describe(tar, 'image.rootfs.diff.tar')],
    }),
  );
  const contents = new Map([tar, config, manifest].map((content) => [digestOf(content), content]));
  const server = createServer(({ url = '' }, response) => {
    const [kind = '', reference = ''] = url.split('/').slice(-2);
    if (kind === 'v2') response.end('{}');
    else if (!url.startsWith('/v2/base/')) response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
    else send(response, reference === '1' ? manifest : contents.get(reference));
  });
  await listen(server, { port: 0, host: '127.0.0.1' });
  return {
    image: `127.0.0.1:${portOf(server)}/base:1`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, content = Buffer.alloc(0)): void {
  const contentType = content.includes('schemaVersion') ? type('distribution.manifest.v2+json') : type('octet-stream');
  response.setHeader('Content-Type', contentType);
  response.setHeader('Content-Length', content.length);
  response.setHeader('Docker-Content-Digest', digestOf(content));
  response.end(content);
}
