/** What Ganeti has, as the slice tells it: `vcluster-slice inventory`. */
export interface Inventory {
  readonly nodes: readonly KnownNode[];
  readonly instances: readonly KnownInstance[];
}

export interface KnownNode {
  readonly name: string;
  readonly group: string;
  readonly role: 'master' | 'candidate' | 'regular' | 'drained' | 'offline';
  /** whether it may have instances */
  readonly vmCapable: boolean;
}

export interface KnownInstance {
  readonly name: string;
  /** name of its primary node */
  readonly primary: string;
  /** names of its secondary nodes */
  readonly secondaries: readonly string[];
  /** Ganeti's disk template */
  readonly template: string;
}
