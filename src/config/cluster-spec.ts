import { z } from 'zod';
import { defaultMemory, defaultRestartPolicy, defaultTimeoutSeconds } from './defaults.ts';
import { parseSeconds, parseSize, parseWhole, within } from './quantities.ts';
import { parsePublish } from './publish.ts';
import { parseRapiEndpoint } from './rapi-endpoint.ts';
import { subnetProblem } from './subnet.ts';
import { checked, choice, oneOf } from './values.ts';

/** The one place where the options of a cluster, their limits and their defaults are. */
export const clusterSpec = z
  .strictObject({
    /** ours; inside, Ganeti's cluster is always `cluster.DOMAIN` */
    name: oneOf('1 to 40 small letters, digits and inner hyphens', dnsLabel).default('vcluster'),
    nodes: oneOf('a whole number from 1 to 1000', within(parseWhole, 1, 1000)).default(3),
    ganeti: choice(['3.0', '3.1']).default('3.0'),
    /** image that the slice image is built from */
    base: oneOf('the name of an image', imageName).optional(),
    /** of Debian packages */
    mirror: oneOf('an http or https address', webAddress).optional(),
    subnet: checked(subnetProblem).default('198.18.0.0/16'),
    domain: oneOf('a domain name of at most 50 characters', domainName).default('example.com'),
    rapi: oneOf('PORT, ADDRESS:PORT or [IPV6]:PORT', parseRapiEndpoint).default({ address: '127.0.0.1', port: 'auto' }),
    /** more ports, of nodes or RAPI, that are to be reached from outside */
    publish: z
      .array(oneOf('[ADDRESS:][HOSTPORT:]NODE:PORT or [ADDRESS:][HOSTPORT:]rapi', parsePublish))
      .readonly()
      .default([]),
    memory: oneOf('a size of at least 256m, such as 512m or 2g', within(parseSize, 2 ** 28, 2 ** 50)).optional(),
    cpus: oneOf('a number of CPUs from 0.1 to 1024', within(decimal, 0.1, 1024)).optional(),
    timeout: oneOf('a time from 1s to 24h, such as 90 or 5m', within(parseSeconds, 1, 86_400)).optional(),
    verify: z.boolean().default(false),
    keep: z.boolean().default(false),
    restart: choice(['no', 'on-failure', 'unless-stopped', 'always']).optional(),
    /** seconds from its making until it ends itself */
    ttl: oneOf('a time from 10s to 365d, such as 90m or 2h', within(parseSeconds, 10, 365 * 86_400)).optional(),
    /** whether ganeti-watcher runs on all nodes every five minutes */
    watcher: z.boolean().default(true),
  })
  .superRefine(({ ttl, restart }, context) => {
    if (ttl === undefined || restart === undefined || restart === 'no' || restart === 'on-failure') return;
    // The engine would start it again when it has ended itself.
    context.addIssue({ code: 'custom', path: ['restart'], message: `no or on-failure with a ttl, not ${restart}` });
  })
  .transform(({ timeout, memory, restart, ...rest }) => ({
    ...rest,
    restart: restart ?? defaultRestartPolicy(rest.ttl),
    /** bytes */
    memory: memory ?? defaultMemory(rest.nodes),
    timeoutSeconds: timeout ?? defaultTimeoutSeconds(rest.nodes),
  }))
  .readonly();

export type ClusterSpec = z.output<typeof clusterSpec>;
export type ClusterOptions = z.input<typeof clusterSpec>;

function dnsLabel(text: string): string | undefined {
  return /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(text) ? text : undefined;
}

/** The limit is that of a certificate's common name, 64, less the longest node name. */
function domainName(text: string): string | undefined {
  const labels = text.split('.');
  const valid = labels.every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
  return valid && text.length <= 50 && !/^\d+$/.test(labels.at(-1) ?? '') ? text : undefined;
}

function imageName(text: string): string | undefined {
  return /^[a-z0-9][\w.:/@-]*$/i.test(text) ? text : undefined;
}

function webAddress(text: string): string | undefined {
  return /^https?:\/\//.test(text) && URL.canParse(text) ? text : undefined;
}

function decimal(text: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
