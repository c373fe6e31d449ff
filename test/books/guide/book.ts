import type { Book } from '../step.ts';
import { availability } from './availability.ts';
import { cluster } from './cluster.ts';
import { debugging } from './debugging.ts';
import { disks } from './disks.ts';
import { instances } from './instances.ts';
import { networks } from './networks.ts';
import { nodes } from './nodes.ts';
import { storage } from './storage.ts';
import { tagsAndJobs } from './tags-and-jobs.ts';

/**
 * Ganeti 3.0.2, doc/admin.rst. The `exit` that ends `ssh node3`, and the syntax of `search-tags`, whose example
 * follows, are not counted.
 */
export const guide: Book = {
  title: "Ganeti administrator's guide",
  counted: {
    'Ganeti terminology: Tags': 2,
    'Adding an instance': 2,
    'Regular instance operations: Removal': 1,
    'Startup/shutdown': 4,
    'Querying instances': 2,
    "Changing an instance's runtime memory": 1,
    'Export/Import': 2,
    'Import of foreign instances': 1,
    'Failing over an instance': 2,
    'Live migrating an instance': 2,
    'Moving an instance (offline)': 1,
    'Preparing for disk operations': 3,
    'Restoring redundancy for DRBD-based instances': 5,
    'Re-creating disks for non-redundant instances': 1,
    "Conversion of an instance's disk type": 7,
    "Accessing an instance's disks": 9,
    "Accessing an instance's console": 1,
    'Other instance operations: Reboot': 1,
    'Instance OS definitions debugging': 1,
    'Instance relocation': 3,
    'Hands on with gnt-network': 4,
    'Add/readd': 2,
    'Failing over the master node': 1,
    'Changing between the other roles': 4,
    'Primary instance conversion': 2,
    'Secondary instance evacuation': 2,
    'Node operations: Removal': 1,
    'Replication network changes': 4,
    'Logical volumes': 1,
    'Generalized storage handling': 4,
    'Standard operations': 3,
    'Global node commands': 2,
    'Cluster verification': 3,
    'Configuration redistribution': 1,
    'Cluster renaming': 1,
    'Queue operations': 5,
    'Watcher control': 7,
    'Tags handling: Operations': 7,
    'Global tag search': 1,
    'Job operations': 6,
    'Running Ganeti under Ganeti': 2,
    'Multi-site model': 2,
  },
  sections: [
    ...instances,
    ...availability,
    ...disks,
    ...debugging,
    ...networks,
    ...nodes,
    ...storage,
    ...cluster,
    ...tagsAndJobs,
  ],
};
