/** The most valuable groups of the QA suite: disks are created, exported and removed, and instances fail over. */
const groups = [
  'env',
  'instance-list',
  'cluster-verify',
  'instance-add-shared-file',
  'instance-shutdown',
  'instance-failover',
  'instance-export',
  'instance-recreate-disks',
];

/** With one kind of disks, for `npm test`. */
export const shortSelection = groups;

/** With both kinds of disks. */
export const longSelection = [...groups, 'instance-add-file'];
