import { Command, Option } from 'commander';
import { UsageError } from '../../errors.ts';
import type { BaseImageRequest } from '../../image/base-image.ts';
import { ensureImage } from '../../image/ensure-image.ts';
import { imageSteps } from '../../image/image-steps.ts';
import { listImages } from '../../image/list-images.ts';
import { pullBase } from '../../image/pull-base.ts';
import { ganetiVersions } from '../../image/releases.ts';
import { removeImages } from '../../image/remove-images.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { imageTable } from '../image-table.ts';
import { interruptible } from '../interruptible.ts';

const details = `
\`up\` builds the image by itself, once. What goes into it, how it is named, and which base image it is built on:
[image.md](image.md).
`;

interface JsonFlag {
  readonly json?: boolean;
}

/** `vcluster-box image ...`: the image that slices are made of.  `up` builds it by itself. */
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
  return new Command('build')
    .description('build the image, unless it is there already, and print its name')
    .addOption(ganetiOption())
    .addOption(baseOption())
    .option('--mirror <url>', 'Debian archive to install packages from')
    .option('--json', 'print its name, and whether it was built now, as JSON')
    .action(async ({ json, ...request }: BaseImageRequest & JsonFlag) => {
      const engine = await context.engine();
      const steps = [imageSteps.base, imageSteps.image];
      report({ type: 'run-started', title: `Building the image of Ganeti ${request.ganeti}`, steps });
      const made = await interruptible(signals, 'interrupted; no image was made', (signal) =>
        ensureImage([{ endpoint: 'default', engine }], request, { report, signal }),
      );
      report({ type: 'run-ended' });
      await print(json ? JSON.stringify(made, null, 2) : made.tag);
    });
}

function pullCommand({ engine, print, report, signals }: CliContext): Command {
  return new Command('pull')
    .description('pull the base image that a build would need, if any; makes none')
    .addOption(ganetiOption())
    .addOption(baseOption())
    .option('--json', 'print what is there now, and whether it was pulled, as JSON')
    .action(async ({ json, ...request }: BaseImageRequest & JsonFlag) => {
      const target = await engine();
      report({ type: 'run-started', title: 'Pulling the base image', steps: [imageSteps.base] });
      const pulled = await interruptible(signals, 'interrupted; nothing was pulled', (signal) =>
        pullBase(target, request, { report, signal }),
      );
      report({ type: 'run-ended' });
      if (json) await print(JSON.stringify(pulled, null, 2));
    });
}

function listCommand({ engine, print }: CliContext): Command {
  return new Command('ls')
    .description('list the images that vcluster-box made')
    .option('--json', 'as JSON')
    .action(async ({ json }: JsonFlag) => {
      const images = await listImages(await engine());
      await print(json ? JSON.stringify(images, undefined, 2) : imageTable(images));
    });
}

function removeCommand({ engine, print }: CliContext): Command {
  return new Command('rm')
    .description('remove images that vcluster-box made; refuses those that a cluster uses')
    .argument('[tag...]', 'names as `image ls` prints them')
    .option('--all', 'all of them, base images too')
    .option('--json', 'print the names of what was removed as JSON')
    .action(async (tags: readonly string[], { all = false, json }: JsonFlag & { readonly all?: boolean }) => {
      if (all === tags.length > 0) {
        throw new UsageError(all ? 'both images and --all were given' : 'no image was given', {
          hint: '`vcluster-box image rm TAG...`, or `vcluster-box image rm --all`; `vcluster-box image ls` lists them',
        });
      }
      const removed = await removeImages(await engine(), all ? 'all' : tags);
      if (json) await print(JSON.stringify(removed, null, 2));
      else if (removed.length > 0) await print(removed.join('\n'));
    });
}

function ganetiOption(): Option {
  return new Option('--ganeti <version>', 'which Ganeti').choices(ganetiVersions).default(ganetiVersions[0]);
}

function baseOption(): Option {
  return new Option('--base <image>', 'image to build on, of the Debian release that has this Ganeti');
}
