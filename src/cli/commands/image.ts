import { Command } from 'commander';
import { UsageError } from '../../errors.ts';
import { formatBytes } from '../../format.ts';
import type { BaseImageRequest } from '../../image/base-image.ts';
import { ensureImage, pullMissingBase } from '../../image/ensure-image.ts';
import { imageSteps } from '../../image/distribute-image.ts';
import { listImages, type OwnImage, removeImages } from '../../image/own-images.ts';
import { readOwnGaneti } from '../../image/own/read-own.ts';
import { addClusterFlags, givenClusterFlags } from '../cluster-flags.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { interruptible } from '../interruptible.ts';
import { renderTable, type Width, withSource } from '../table.ts';

const details = `
\`up\` builds the image if it does not exist. [image.md](image.md) describes its contents, its name and its base image.
`;

interface JsonFlag {
  readonly json?: boolean;
}

/** `vcluster-box image ...`: manages the slice image.  `up` builds it by itself. */
export function imageCommand(context: CliContext): Command {
  return addDetails(new Command('image'), details)
    .description('build, list and remove the slice image')
    .addCommand(buildCommand(context))
    .addCommand(pullCommand(context))
    .addCommand(listCommand(context))
    .addCommand(removeCommand(context));
}

function buildCommand(context: CliContext): Command {
  const { print, report, signals } = context;
  return addClusterFlags(new Command('build'), ['ganeti', 'packages', 'tree', 'base', 'mirror'])
    .description('build the image if it does not exist, and print its name')
    .option('--json', 'print its name and whether it was built, as JSON')
    .action(async ({ json }: JsonFlag, command: Command) => {
      const request = await imageRequest(command);
      const engine = await context.engine();
      const own = request.own === undefined ? [] : [imageSteps.checkOwn, imageSteps.own];
      const steps = [imageSteps.base, imageSteps.image, ...own];
      report({ type: 'run-started', title: `Building the image of Ganeti ${request.ganeti}`, steps });
      const ensured = await interruptible(signals, 'interrupted; no image was built', (signal) =>
        ensureImage([{ endpoint: 'default', engine }], request, { report, signal }),
      );
      report({ type: 'run-ended' });
      for (const { change, reason, lost } of ensured.misfits ?? []) {
        const what = `vcluster-box's change ${change} does not fit this Ganeti (${reason ?? ''}), so ${lost}`;
        report({ type: 'warning', message: what });
      }
      await print(json ? JSON.stringify(ensured, null, 2) : ensured.tag);
    });
}

function pullCommand({ engine, print, report, signals }: CliContext): Command {
  return addClusterFlags(new Command('pull'), ['ganeti', 'base'])
    .description('pull the base image if a build would need it')
    .option('--json', 'print the name of the image and whether it was pulled, as JSON')
    .action(async ({ json }: JsonFlag, command: Command) => {
      const request = await imageRequest(command);
      const target = await engine();
      report({ type: 'run-started', title: 'Pulling the base image', steps: [imageSteps.base] });
      const pulled = await interruptible(signals, 'interrupted; nothing was pulled', (signal) =>
        pullMissingBase(target, request, { report, signal }),
      );
      report({ type: 'run-ended' });
      if (json) await print(JSON.stringify(pulled, null, 2));
    });
}

function listCommand({ engine, print, terminal }: CliContext): Command {
  return new Command('ls')
    .description('list the images that vcluster-box created')
    .option('--json', 'as JSON')
    .action(async ({ json }: JsonFlag) => {
      const images = await listImages(await engine());
      await print(json ? JSON.stringify(images, undefined, 2) : imageTable(images, terminal.size()));
    });
}

function removeCommand({ engine, print }: CliContext): Command {
  return new Command('rm')
    .description('remove images that vcluster-box created and no cluster uses')
    .argument('[tag...]', 'names of images, as printed by `image ls`')
    .option('--all', 'remove all images, including base images')
    .option('--json', 'print the names of the removed images as JSON')
    .action(async (tags: readonly string[], { all = false, json }: JsonFlag & { readonly all?: boolean }) => {
      if (all === tags.length > 0) {
        throw new UsageError(all ? 'images and --all cannot be used together' : 'missing image', {
          hint: 'use `vcluster-box image rm TAG...` or `--all`; `vcluster-box image ls` lists the images',
        });
      }
      const removed = await removeImages(await engine(), all ? 'all' : tags);
      if (json) await print(JSON.stringify(removed, null, 2));
      else if (removed.length > 0) await print(removed.join('\n'));
    });
}

async function imageRequest(command: Command): Promise<BaseImageRequest> {
  const { parseClusterSpec } = await import('../../config/parse-cluster-spec.ts');
  const { spec } = parseClusterSpec(givenClusterFlags(command), 'command line');
  const { ganeti, base, mirror } = spec;
  return { ganeti, base, mirror, own: await readOwnGaneti(spec) };
}

function imageTable(images: readonly OwnImage[], width: Width): string {
  const rows = images.map(({ kind, version, source, tag, id, size, createdAt }) => {
    const created = new Date(createdAt * 1000).toISOString();
    return [
      kind,
      withSource(version, source) ?? '',
      tag ?? id,
      formatBytes(size),
      created.slice(0, 16).replace('T', ' '),
    ];
  });
  return renderTable(['KIND', 'VERSION', 'IMAGE', 'SIZE', 'CREATED'], rows, width);
}
