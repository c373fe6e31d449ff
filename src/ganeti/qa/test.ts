/** One test of the suite, as it went. */
export interface QaTest {
  /** the function's name: `TestNodeList` */
  readonly name: string;
  /** what the suite says of it: `gnt-node list` */
  readonly title: string;
  /** names in the suite's configuration that it belongs to; empty where the suite does not say */
  readonly groups: readonly string[];
  /** Disk template of the instance it was run on. */
  readonly template?: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly seconds: number;
  /** why it failed or was skipped */
  readonly reason?: string;
  /** The suite leaves it out on virtual clusters; it was run all the same (`--with-skipped`). */
  readonly lifted: boolean;
  /** It returned at once: there was nothing for it to do here. */
  readonly vacuous: boolean;
}

/** Parts of the suite, in its order. */
export const qaStages = [
  { id: 'env', title: 'Environment' },
  { id: 'setup', title: 'Making the cluster' },
  { id: 'cluster', title: 'Cluster' },
  { id: 'os', title: 'OS definitions' },
  { id: 'nodes', title: 'Nodes, groups, networks, filters' },
  { id: 'instances', title: 'Instances' },
  { id: 'more', title: 'Policies, OS parameters, monitoring' },
  { id: 'performance', title: 'Performance' },
  { id: 'destroy', title: 'Removing the cluster' },
] as const;

export type QaStage = (typeof qaStages)[number]['id'];
