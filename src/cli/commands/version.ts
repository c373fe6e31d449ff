import { Command } from 'commander';
import { findVersions, type Versions } from '../../cluster/versions.ts';
import { isQuiet } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { renderFacts } from '../table.ts';

const details = `
Prints the versions of vcluster-box, of the engine, of Ganeti in each slice image, and of Ganeti in each cluster: what a bug report
should have. Where no engine answers, it says so, and that is no failure.

\`-q\` prints the bare number of vcluster-box, and asks no engine; so does \`vcluster-box --version\`.
`;

/** `vcluster-box version` */
export function versionCommand(context: CliContext): Command {
  const { version, print, engine } = context;
  return addDetails(new Command('version'), details)
    .description('print the versions of vcluster-box, the engine, images and clusters')
    .option('--json', 'as JSON')
    .action(async ({ json }: { readonly json?: boolean }, command: Command) => {
      if (isQuiet(command) && json !== true) return print(version);
      const versions = await findVersions(version, engine);
      return print(json === true ? JSON.stringify(versions, null, 2) : render(versions));
    });
}

function render({ version, engine, problem, images, clusters }: Versions): string {
  return renderFacts([
    ['vcluster-box', version],
    ['Engine', engine && `${engine.name} ${engine.version} (API ${engine.api}) at ${engine.endpoint}`],
    ['Engine', problem === null ? null : `none answers: ${problem.replaceAll(/\s*\n\s*/g, '; ')}`],
    ...images.map(({ image, ganeti }) => ['Image', `${image} (Ganeti ${ganeti})`] as const),
    ...clusters.map(({ name, ganeti, madeBy }) => ['Cluster', clusterLine(name, ganeti, madeBy)] as const),
  ]);
}

function clusterLine(name: string, ganeti: string | null, madeBy: string | null): string {
  const made = madeBy === null ? '' : `, made by vcluster-box ${madeBy}`;
  return `${name} (${ganeti === null ? 'Ganeti is not there yet' : `Ganeti ${ganeti}`}${made})`;
}
