import { z } from 'zod';
import { clusterOptions } from './cluster-options.ts';
import { defaultMemory, defaultRestartPolicy, defaultTimeoutSeconds } from './defaults.ts';
import { completeGroups } from './node-options.ts';
import { show } from './values.ts';

/** What a configuration file may say. */
export const clusterFile = z
  .strictObject(clusterOptions, {
    error: ({ code, input }) => (code === 'invalid_type' ? `a map of options, not ${show(input)}` : undefined),
  })
  .meta({ title: 'Configuration of a vcluster-box cluster' });

export const clusterSpec = clusterFile
  .transform(({ timeout, memory, restart, nodes, groups, instanceNames, ...rest }) => {
    const count = typeof nodes === 'number' ? nodes : nodes.length;
    return {
      ...rest,
      nodes: count,
      /** of each node, in order; nothing is said of those beyond its end */
      nodeOptions: typeof nodes === 'number' ? [] : nodes,
      groups: completeGroups(groups),
      /** names, or how many; `undefined`: as many as the planner finds right */
      instanceNames,
      restart: restart ?? defaultRestartPolicy(rest.ttl),
      /** bytes */
      memory: memory ?? defaultMemory(count, rest.instances),
      timeoutSeconds: timeout ?? defaultTimeoutSeconds(count, rest.instances, rest.hosts.length),
    };
  })
  .readonly();

export type ClusterSpec = z.output<typeof clusterSpec>;
