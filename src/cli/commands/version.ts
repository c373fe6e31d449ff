import { Command } from 'commander';
import { findVersions, type Versions } from '../../cluster/versions.ts';
import { isQuiet } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { type Fact, renderFacts, type Width } from '../table.ts';

const details = `
Prints the versions of vcluster-box, of the engine, and of Ganeti in each slice image and each cluster, as a bug report
needs them. If no engine answers, it says so and still exits with 0.

\`-q\` prints only the version of vcluster-box and does not ask the engine; so does \`vcluster-box --version\`.
`;

/** `vcluster-box version` */
export function versionCommand(context: CliContext): Command {
  const { version, print, engine, terminal } = context;
  return addDetails(new Command('version'), details)
    .description('print the versions of vcluster-box, the engine, images and clusters')
    .option('--json', 'print JSON')
    .action(async ({ json }: { readonly json?: boolean }, command: Command) => {
      if (isQuiet(command) && json !== true) return print(version);
      const versions = await findVersions(version, engine);
      return print(json === true ? JSON.stringify(versions, null, 2) : render(versions, terminal.size()));
    });
}

function render({ version, engine, problem, images, clusters }: Versions, width: Width): string {
  const facts: readonly Fact[] = [
    ['vcluster-box', version],
    ['Engine', engine && `${engine.name} ${engine.version} (API ${engine.api}) at ${engine.endpoint}`],
    ['Engine', problem === null ? null : `not reachable: ${problem.replaceAll(/\s*\n\s*/g, '; ')}`],
    ...images.map(({ image, ganeti, source }) => ['Image', `${image} (${ganetiText(ganeti, source)})`] as const),
    ...clusters.map((cluster) => ['Cluster', clusterLine(cluster)] as const),
  ];
  return renderFacts(facts, width);
}

function clusterLine({ name, ganeti, source, madeBy }: Versions['clusters'][number]): string {
  const made = madeBy === null ? '' : `, created by vcluster-box ${madeBy}`;
  return `${name} (${ganeti === null ? 'no Ganeti yet' : ganetiText(ganeti, source)}${made})`;
}

function ganetiText(version: string, source: string | null): string {
  return source === null ? `Ganeti ${version}` : `Ganeti ${version} from ${source}`;
}
