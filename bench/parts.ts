import type { Part } from './part.ts';
import { measureByHand } from './parts/by-hand.ts';
import { measureImage } from './parts/image.ts';
import { measureInstances } from './parts/instances.ts';
import { measureJobs } from './parts/jobs.ts';
import { measureLargest, measureLists, measureMemory } from './parts/nodes.ts';
import { measurePower } from './parts/power.ts';
import { measureExec, measureThroughput, measureVersion } from './parts/program.ts';
import { measureRaw, measureSteps, measureUps, measureUpWithInstances } from './parts/up.ts';

/** Everything that can be measured, in the order of measurement: those that are compared follow one another. */
export const parts: readonly Part[] = [
  { name: 'version', about: 'the start of the program', seconds: 2, measure: measureVersion },
  { name: 'raw', about: '`docker run` of the slice image', seconds: 3, measure: measureRaw },
  { name: 'steps', about: '`up -n 3` step by step', seconds: 4, measure: measureSteps },
  {
    name: 'up',
    about: '`up` with 1 to 20 nodes: time, processor time, memory',
    seconds: 25,
    measure: (bench) => measureUps(bench, [1, 3, 5, 10, 20]),
    warmUp: (bench) => measureUps(bench, [3]),
  },
  {
    name: 'by-hand',
    about: "upstream's way with 1 to 20 nodes, in the same image",
    seconds: 160,
    measure: (bench) => measureByHand(bench, [1, 3, 5, 10, 20]),
    warmUp: (bench) => measureByHand(bench, [1]),
  },
  {
    name: 'hundreds',
    about: '`up` with 100 and 300 nodes; the exponent needs `up` too',
    seconds: 45,
    measure: (bench) => measureUps(bench, [100, 300]),
    warmUp: (bench) => measureUps(bench, [20]),
  },
  { name: 'instances', about: '`up -n 5 --instances 8`', seconds: 12, measure: measureUpWithInstances },
  {
    name: 'list',
    about: '`gnt-node list` of 20, 100 and 300 nodes, also with busy CPUs',
    seconds: 80,
    measure: (bench) => measureLists(bench, [20, 100, 300]),
    warmUp: (bench) => measureLists(bench, [3]),
  },
  {
    name: 'jobs',
    about: 'redist-conf, verify and instance add with 100 nodes',
    seconds: 90,
    measure: (bench) => measureJobs(bench, 100),
    warmUp: (bench) => measureJobs(bench, 3),
  },
  {
    name: 'memory',
    about: 'memory of nodes, also after ten lists',
    seconds: 25,
    measure: (bench) => measureMemory(bench, [3, 20]),
    warmUp: (bench) => measureMemory(bench, [3]),
  },
  { name: 'exec', about: '`exec` and `docker exec`', seconds: 6, measure: measureExec },
  { name: 'throughput', about: '1 GiB through `exec` and `docker exec`', seconds: 30, measure: measureThroughput },
  { name: 'power', about: 'stop, start, restart and down of 5 nodes', seconds: 12, measure: measurePower },
  { name: 'image', about: 'size of the slice image', seconds: 2, measure: measureImage },
  {
    name: 'thousand',
    about: '`up -n 1000`, list, and `exec` on the last node; needs 20 GiB',
    seconds: 150,
    large: true,
    measure: (bench) => measureLargest(bench, 1000),
    warmUp: (bench) => measureLargest(bench, 3),
  },
  {
    name: 'many-instances',
    about: '250 and 1000 instances on 100 nodes: created, listed, hbal, restart',
    seconds: 1200,
    large: true,
    measure: (bench) => measureInstances(bench, 100, [250, 1000]),
    warmUp: (bench) => measureInstances(bench, 3, [3]),
  },
];
