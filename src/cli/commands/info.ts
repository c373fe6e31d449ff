import { Command } from 'commander';
import { clusterInfo, type ClusterInfo } from '../../cluster/info.ts';
import { formatSize } from '../../config/quantities.ts';
import { NotFoundError, UsageError } from '../../errors.ts';
import { addClusterOption, clusterAsked } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { hostFacts } from '../host-facts.ts';
import { portFacts } from '../port-table.ts';
import { renderEnv } from '../render-env.ts';
import { renderFacts } from '../table.ts';

interface InfoFlags {
  readonly json?: boolean;
  readonly password?: boolean;
  readonly certificate?: boolean;
  readonly env?: boolean;
}

const details = `
Shows RAPI's address, user and password, a curl line to try, the ports that are published, the container and its image. \`--password\` prints the password
alone, for scripts:

    curl -k -u "rapi:$(vcluster-box info --password)" https://127.0.0.1:5080/2/info

\`--certificate\` prints the certificate that RAPI shows, PEM, for clients that verify whom they speak to. It is the cluster's own, so it is its own authority, and made
out to \`localhost\`, 127.0.0.1, ::1, the cluster's names and address, its container's name and, if \`--rapi\` named another address, to that as well:

    vcluster-box info --certificate >rapi.pem
    curl --cacert rapi.pem -u "rapi:$(vcluster-box info --password)" https://127.0.0.1:5080/2/info

\`--env\` prints the same as variables for a shell, the password included, so mind where the output goes:

    eval "$(vcluster-box info --env)"
    curl -k -u "$GANETI_RAPI_USER:$GANETI_RAPI_PASSWORD" "$GANETI_RAPI_URL/2/info"

- \`GANETI_RAPI_URL\`: and its parts \`GANETI_RAPI_HOST\` and \`GANETI_RAPI_PORT\`
- \`GANETI_RAPI_USER\`: and \`GANETI_RAPI_PASSWORD\`
- \`GANETI_RAPI_CERTIFICATE\`: the certificate itself, of many lines: what wants a file is given \`--certificate\`
- \`VCLUSTER_BOX_CLUSTER\`: the name that \`-c\` takes: from then on, commands in that shell mean this cluster
- \`VCLUSTER_BOX_CLUSTER_NAME\`: Ganeti's name of it
- \`VCLUSTER_BOX_CONTAINER\`: its container
- \`VCLUSTER_BOX_PORT_NODE1_22\`: where port 22 of node1 is reached, as ADDRESS:PORT, if it is published; of each such port, one

Of a cluster on several hosts, RAPI is published on each, and leads to whichever node is master. Each host is listed with where that is: an
address such as 127.0.0.1 is the host's own. The variables have the first that can be reached.

Client by client: [rapi-clients.md](rapi-clients.md).
`;

/** `vcluster-box info [NAME]`: how to reach a cluster.  It is the one command that prints the password. */
export function infoCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('info')), details)
    .description('how to reach a cluster: RAPI, user, password')
    .argument('[name]', 'the cluster')
    .option('--password', "print RAPI's password only, for scripts")
    .option('--certificate', "print RAPI's certificate only")
    .option('--env', 'print variables for a shell, the password included')
    .option('--json', 'as JSON')
    .action(async (name: string | undefined, flags: InfoFlags, command: Command) => {
      const info = await clusterInfo(await context.engine(), name ?? clusterAsked(command, context));
      await context.print(render(info, flags));
    });
}

function render(info: ClusterInfo, { json, password, certificate, env }: InfoFlags): string {
  if ([json, password, certificate, env].filter((flag) => flag === true).length > 1) {
    throw new UsageError('--json, --password, --certificate and --env are different forms: give one of them');
  }
  if (password === true) return passwordOf(info);
  if (certificate === true) return certificateOf(info);
  if (env === true) return renderEnv(info, passwordOf(info));
  return json === true ? JSON.stringify(info, null, 2) : facts(info);
}

function passwordOf({ name, rapi }: ClusterInfo): string {
  if (rapi.password !== null) return rapi.password;
  throw notMade(name, 'password');
}

function certificateOf({ name, rapi }: ClusterInfo): string {
  if (rapi.certificate !== null) return rapi.certificate.trimEnd();
  throw notMade(name, 'certificate');
}

function notMade(name: string, what: string): NotFoundError {
  return new NotFoundError(`cluster ${name} has no RAPI ${what} yet`, { hint: `finish it: vcluster-box up ${name}` });
}

function facts({
  name,
  state,
  rapi,
  cluster,
  nodes,
  resources,
  ports,
  ganeti,
  container,
  image,
  version,
  hosts,
}: ClusterInfo): string {
  return renderFacts([
    ['Cluster', `${name} (${state}, ${nodes} ${nodes === 1 ? 'node' : 'nodes'})`],
    ['Ganeti', ganeti],
    ['RAPI', rapi.url],
    ['User', rapi.user],
    ['Password', rapi.password],
    ['Try', rapi.url && `curl -k -u "${rapi.user}:$(vcluster-box info ${name} --password)" ${rapi.url}/2/info`],
    ...hostFacts(hosts),
    ...portFacts(ports),
    ['Name', `${cluster.name} (${cluster.address} in ${cluster.subnet})`],
    ['Nodes', describe(resources)],
    ['Container', container],
    ['Image', image],
    ['Made by', version && `vcluster-box ${version}`],
  ]);
}

function describe({ memoryMiB, cpus, diskMiB }: ClusterInfo['resources']): string {
  const size = (mebi: number) => formatSize(mebi * 2 ** 20);
  return `${size(memoryMiB)} of memory, ${cpus} CPUs, ${size(diskMiB)} of disk in all, simulated`;
}
