import type { ClusterInfo } from '../cluster/info.ts';
import { endpoint, type PublishedPort } from '../cluster/ports/published-port.ts';

/** Lines for a POSIX shell, to be given to `eval`: how the cluster is reached, as variables. */
export function renderEnv(info: ClusterInfo, password: string): string {
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
    ...ports.map((port) => [portVariable(port), endpoint(port)] as const),
  ];
  return variables.map(([variable, value]) => `export ${variable}=${quote(value)}`).join('\n');
}

/** `VCLUSTER_BOX_PORT_NODE1_22`, by the node's short name; `VCLUSTER_BOX_PORT_RAPI`. */
function portVariable({ target }: PublishedPort): string {
  const [host = '', port] = target.split(':');
  const words = [host.split('.')[0] ?? '', ...(port === undefined ? [] : [port])];
  return ['VCLUSTER_BOX_PORT', ...words.map((word) => word.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_'))].join('_');
}

/** Nothing in single quotes means anything to a shell, but for the quote that ends them. */
function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
