/** Of tests that the suite runs in a block which it has asked for as a whole, so that nothing says of which group they are. */
const implied: readonly (readonly [RegExp, string])[] = [
  [/^TestInstanceAddFile$/, 'instance-add-file'],
  [/^TestInstanceAddSharedFile$/, 'instance-add-shared-file'],
  [/^TestInstanceAddDiskless$/, 'instance-add-diskless'],
  [/^TestInstanceConvert/, 'instance-convert-disk'],
  [/^Test(Rapi)?InstanceRename/, 'instance-rename'],
  [/^TestInstanceModifyPrimary/, 'instance-modify-primary'],
  [/^TestInstanceExport|^TestBackup/, 'instance-export'],
  [/^TestReplaceDisks$|^TestRapiInstanceReplaceDisks$/, 'instance-replace-disks'],
  [/^TestRecreateDisks$/, 'instance-recreate-disks'],
  [/^TestParallel.*(DRBD|Plain)/, 'parallel-performance'],
  [/^TestParallel|^TestJobQueueSubmission/, 'jobqueue-performance'],
  [/^TestNode$/, 'rapi'],
];

export function impliedGroups(test: string): readonly string[] {
  const [, group] = implied.find(([pattern]) => pattern.test(test)) ?? [];
  return group === undefined ? [] : [group];
}
