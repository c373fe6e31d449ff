/** A selection of the QA suite by value: a cluster is made, both kinds of disks are used, moved and exported, and all is removed again. */
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
