import { Command } from 'commander';
import type { ClusterHost } from '../../cluster/cluster-hosts.ts';
import { clusterInfo, type ClusterInfo } from '../../cluster/info.ts';
import type { PublishedPort } from '../../cluster/ports/published.ts';
import { formatEndpoint } from '../../config/publish.ts';
import { formatSize } from '../../config/quantities.ts';
import { NotFoundError, UsageError } from '../../errors.ts';
import { addClusterOption, requestedCluster } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { portFacts } from '../port-table.ts';
import { type Fact, renderFacts, shownHosts, withSource } from '../table.ts';

interface InfoFlags {
  readonly json?: boolean;
  readonly password?: boolean;
  readonly certificate?: boolean;
  readonly env?: boolean;
}

const details = `
Shows the address, user and password of RAPI, a curl command to try, the published ports, the container and its image.
\`--password\` prints only the password, for scripts:

    curl -k -u "rapi:$(vcluster-box info --password)" https://127.0.0.1:5080/2/info

If you change RAPI's file of users on the master by hand, \`info\` shows the password in it, unless the file has only
its digest.

\`--certificate\` prints RAPI's certificate as PEM, for clients that verify the server. It is self-signed and valid for
\`localhost\`, 127.0.0.1, ::1, the cluster's names and address, its container's name and, if \`--rapi\` set another
address, for that:

    vcluster-box info --certificate >rapi.pem
    curl --cacert rapi.pem -u "rapi:$(vcluster-box info --password)" https://127.0.0.1:5080/2/info

\`--env\` prints the same as shell variables. They include the password, so be careful where the output goes:

    eval "$(vcluster-box info --env)"
    curl -k -u "$GANETI_RAPI_USER:$GANETI_RAPI_PASSWORD" "$GANETI_RAPI_URL/2/info"

- \`GANETI_RAPI_URL\`, and its parts \`GANETI_RAPI_HOST\` and \`GANETI_RAPI_PORT\`
- \`GANETI_RAPI_USER\` and \`GANETI_RAPI_PASSWORD\`
- \`GANETI_RAPI_CERTIFICATE\`: the certificate itself, several lines; use \`--certificate\` to write a file
- \`VCLUSTER_BOX_CLUSTER\`: the name for \`-c\`; later commands in that shell use this cluster
- \`VCLUSTER_BOX_CLUSTER_NAME\`: Ganeti's name for the cluster
- \`VCLUSTER_BOX_CONTAINER\`: its container
- \`VCLUSTER_BOX_PORT_NODE1_22\`: ADDRESS:PORT where port 22 of node1 is published; one variable per published port

A multi-host cluster publishes RAPI on each host, and each leads to the current master. Each host is listed with its
address; an address such as 127.0.0.1 is only valid on that host. The variables describe the first host that can be
reached.

Clients in several languages: [rapi-clients.md](rapi-clients.md).
`;

/** `vcluster-box info [NAME]`: the only command that prints the password. */
export function infoCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('info')), details)
    .description('show how to reach a cluster: RAPI, user, password')
    .argument('[name]', 'the cluster')
    .option('--password', "print only RAPI's password, for scripts")
    .option('--certificate', "print only RAPI's certificate")
    .option('--env', 'print shell variables, including the password')
    .option('--json', 'print JSON')
    .action(async (name: string | undefined, flags: InfoFlags, command: Command) => {
      const info = await clusterInfo(await context.engine(), name ?? requestedCluster(command, context));
      await context.print(render(info, flags, context));
    });
}

function render(info: ClusterInfo, { json, password, certificate, env }: InfoFlags, { terminal }: CliContext): string {
  if ([json, password, certificate, env].filter((flag) => flag === true).length > 1) {
    throw new UsageError('--json, --password, --certificate and --env exclude each other');
  }
  if (password === true) return passwordOf(info);
  if (certificate === true) return certificateOf(info);
  if (env === true) return renderEnv(info, passwordOf(info));
  return json === true ? JSON.stringify(info, null, 2) : renderFacts(facts(info), terminal.size());
}

function passwordOf({ name, rapi }: ClusterInfo): string {
  if (rapi.password !== null) return rapi.password;
  if (rapi.problem !== null) throw new NotFoundError(`RAPI's password is not known: it was ${rapi.problem}`);
  throw notReady(name, 'password');
}

function certificateOf({ name, rapi }: ClusterInfo): string {
  if (rapi.certificate !== null) return rapi.certificate.trimEnd();
  throw notReady(name, 'certificate');
}

function notReady(name: string, what: string): NotFoundError {
  return new NotFoundError(`cluster ${name} has no RAPI ${what} yet`, {
    hint: `complete the cluster: vcluster-box up ${name}`,
  });
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
  ganetiSource,
  container,
  image,
  version,
  hosts,
}: ClusterInfo): readonly Fact[] {
  return [
    ['Cluster', `${name} (${state}, ${nodes} ${nodes === 1 ? 'node' : 'nodes'})`],
    ['Ganeti', withSource(ganeti, ganetiSource)],
    ['RAPI', rapi.url],
    ['User', rapi.user],
    ['Password', rapi.password ?? rapi.problem],
    [
      'Try',
      rapi.url &&
        (rapi.problem === null
          ? `curl -k -u "${rapi.user}:$(vcluster-box info ${name} --password)" ${rapi.url}/2/info`
          : null),
      'command',
    ],
    ...shownHosts(hosts).map((host) => ['Host', hostLine(host)] as const),
    ...portFacts(ports),
    ['Name', `${cluster.name} (${cluster.address} in ${cluster.subnet})`],
    ['Nodes', describe(resources)],
    ['Container', container],
    ['Image', image],
    ['Version', version && `vcluster-box ${version}`],
  ];
}

function describe({ memoryMiB, cpus, diskMiB }: ClusterInfo['resources']): string {
  const size = (mebi: number) => formatSize(mebi * 2 ** 20);
  return `${size(memoryMiB)} of memory, ${cpus} CPUs, ${size(diskMiB)} of disk in total, simulated`;
}

/** `ssh://ops@alpha: 20 nodes, running, RAPI at https://127.0.0.1:5080` */
function hostLine({ host, nodes, state, rapi, problem }: ClusterHost): string {
  const count = nodes === null ? [] : [`${nodes} ${nodes === 1 ? 'node' : 'nodes'}`];
  const how = problem === null ? [state, ...(rapi === null ? [] : [`RAPI at ${rapi}`])] : [problem];
  return `${host}: ${[...count, ...how].join(', ')}`;
}

/** Variable assignments for a POSIX shell's `eval`. */
function renderEnv(info: ClusterInfo, password: string): string {
  const { name, rapi, cluster, container, ports } = info;
  const url = rapi.url === null ? undefined : new URL(rapi.url);
  const variables: readonly (readonly [name: string, value: string])[] = [
    ...(url === undefined
      ? []
      : [
          ['GANETI_RAPI_URL', url.origin] as const,
          ['GANETI_RAPI_HOST', url.hostname.replace(/^\[(.*)\]$/, '$1')] as const,
          ['GANETI_RAPI_PORT', url.port === '' ? '443' : url.port] as const,
        ]),
    ['GANETI_RAPI_USER', rapi.user],
    ['GANETI_RAPI_PASSWORD', password],
    ...(rapi.certificate === null ? [] : [['GANETI_RAPI_CERTIFICATE', rapi.certificate.trimEnd()] as const]),
    ['VCLUSTER_BOX_CLUSTER', name],
    ['VCLUSTER_BOX_CLUSTER_NAME', cluster.name],
    ['VCLUSTER_BOX_CONTAINER', container],
    ...ports.map((port) => [portVariable(port), formatEndpoint(port)] as const),
  ];
  return variables.map(([variable, value]) => `export ${variable}=${quote(value)}`).join('\n');
}

/** `VCLUSTER_BOX_PORT_NODE1_22`, by the node's short name; `VCLUSTER_BOX_PORT_RAPI`. */
function portVariable({ target }: PublishedPort): string {
  const [host = '', port] = target.split(':');
  const words = [host.split('.')[0] ?? '', ...(port === undefined ? [] : [port])];
  return ['VCLUSTER_BOX_PORT', ...words.map((word) => word.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_'))].join('_');
}

function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
