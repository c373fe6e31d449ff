import { packageFormat, sizeWithDependencies } from '../packages.ts';
import type { Bench } from '../part.ts';

/** The slice image beside what Debian's package adds to a system without it. */
export async function measureImage({ cli, image, record }: Bench): Promise<void> {
  const size = Number(await cli.docker('image', 'inspect', '--format={{.Size}}', image));
  const history = await cli.docker(
    'history',
    '--human=false',
    '--no-trunc',
    '--format={{.Size}} {{.CreatedBy}}',
    image,
  );
  const layers = history.split('\n');
  // The Dockerfile begins with this argument.  What is older is the base image.
  const own = layers.slice(
    0,
    layers.findIndex((line) => line.includes('ARG GANETI')),
  );
  const query = ['run', '--rm', '--entrypoint=dpkg-query', image, '-W', '-f', packageFormat];
  record('image', size / 1e6);
  record('image added', own.reduce((total, line) => total + Number.parseInt(line, 10), 0) / 1e6);
  record('ganeti', sizeWithDependencies(await cli.docker(...query), 'ganeti'));
}
