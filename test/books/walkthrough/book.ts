import type { Book } from '../step.ts';
import { creation } from './creation.ts';
import { diskFailure } from './disk-failure.ts';
import { furtherProblems } from './further-problems.ts';
import { instances } from './instances.ts';
import { nodeFailure } from './node-failure.ts';
import { problems } from './problems.ts';

/** Ganeti 3.0.2, doc/walkthrough.rst. */
export const walkthrough: Book = {
  title: 'Ganeti walk-through',
  counted: {
    'Cluster creation': 8,
    'Running a burn-in': 1,
    Creation: 3,
    'Accessing instances': 2,
    Removal: 1,
    'Recovering from node failure': 11,
    'Re-adding a node to the cluster': 2,
    'Disk failures': 12,
    'Common cluster problems': 1,
    'Instance status': 1,
    'Unallocated DRBD minors': 3,
    'Orphan volumes': 3,
    'N+1 errors': 8,
    'Network issues': 1,
    'Migration problems': 1,
    'In use disks at instance shutdown': 2,
    'LUXI version mismatch': 2,
  },
  sections: [...creation, ...instances, ...nodeFailure, ...diskFailure, ...problems, ...furtherProblems],
};
