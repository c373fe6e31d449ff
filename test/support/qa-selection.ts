/** The most valuable groups of the QA suite: both kinds of disks are created, moved, exported and removed. */
export const shortSelection = [
  'env',
  'instance-list',
  'cluster-verify',
  'instance-add-file',
  'instance-add-shared-file',
  'instance-shutdown',
  'instance-failover',
  'instance-export',
  'instance-recreate-disks',
];
