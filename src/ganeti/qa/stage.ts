import type { QaLine } from './parse-line.ts';
import { qaStages, type QaStage } from './test.ts';

const blockStarts: Readonly<Record<string, QaStage>> = {
  RunEnvTests: 'env',
  RunClusterTests: 'cluster',
  RunOsTests: 'os',
  RunCommonNodeTests: 'nodes',
  RunInstanceTests: 'instances',
  RunExclusiveStorageTests: 'more',
  RunMonitoringTests: 'more',
};

const blockEnds: Readonly<Record<string, QaStage>> = {
  RunEnvTests: 'setup',
  RunOsTests: 'nodes',
  RunInstanceTests: 'more',
};

/** The part of the suite that is reached with a line of its output; they only go forward. */
export function stageAfter(stage: QaStage, line: QaLine): QaStage {
  const next = reached(line);
  return next !== undefined && place(next) > place(stage) ? next : stage;
}

function reached(line: QaLine): QaStage | undefined {
  if (line.type === 'block') return (line.phase === 'start' ? blockStarts : blockEnds)[line.block];
  if (line.type === 'about') return line.module === 'qa_performance' ? 'performance' : undefined;
  if (line.type !== 'start') return undefined;
  return /^TestNodeRemoveAll$|^TestClusterDestroy$/.test(line.test) ? 'destroy' : undefined;
}

function place(stage: QaStage): number {
  return qaStages.findIndex(({ id }) => id === stage);
}
