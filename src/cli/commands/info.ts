import { Command } from 'commander';
import { clusterInfo, type ClusterInfo } from '../../cluster/info.ts';
import { NotFoundError } from '../../errors.ts';
import { addClusterOption, clusterAsked } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../details.ts';
import { portFacts } from '../port-table.ts';
import { renderFacts } from '../table.ts';

interface InfoFlags {
  readonly json?: boolean;
  readonly password?: boolean;
}

const details = `
Shows RAPI's address, user and password, a curl line to try, the container and its image. \`--password\` prints the password
alone, for scripts:

    curl -k -u "rapi:$(vcluster-box info --password)" https://127.0.0.1:5080/2/info
`;

/** `vcluster-box info [NAME]`: how to reach a cluster.  It is the one command that prints the password. */
export function infoCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('info')), details)
    .description('how to reach a cluster: RAPI, user, password')
    .argument('[name]', 'the cluster')
    .option('--password', "print RAPI's password only, for scripts")
    .option('--json', 'as JSON')
    .action(async (name: string | undefined, flags: InfoFlags, command: Command) => {
      const info = await clusterInfo(await context.engine(), name ?? clusterAsked(command, context));
      await context.print(render(info, flags));
    });
}

function render(info: ClusterInfo, { json, password }: InfoFlags): string {
  if (password !== true) return json === true ? JSON.stringify(info, null, 2) : facts(info);
  if (info.rapi.password !== null) return info.rapi.password;
  throw new NotFoundError(`cluster ${info.name} has no RAPI password yet`, {
    hint: `finish it: vcluster-box up ${info.name}`,
  });
}

function facts({ name, state, rapi, cluster, nodes, ports, ganeti, container, image, version }: ClusterInfo): string {
  return renderFacts([
    ['Cluster', `${name} (${state}, ${nodes} ${nodes === 1 ? 'node' : 'nodes'})`],
    ['Ganeti', ganeti],
    ['RAPI', rapi.url],
    ['User', rapi.user],
    ['Password', rapi.password],
    ['Try', rapi.url && `curl -k -u "${rapi.user}:$(vcluster-box info ${name} --password)" ${rapi.url}/2/info`],
    ...portFacts(ports),
    ['Name', `${cluster.name} (${cluster.address} in ${cluster.subnet})`],
    ['Container', container],
    ['Image', image],
    ['Made by', version && `vcluster-box ${version}`],
  ]);
}
