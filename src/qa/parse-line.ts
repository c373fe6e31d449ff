/** A line of output of the suite, or of the program that runs it (`images/qa/bundle/run_suite.py`). */
export type QaLine =
  | { readonly type: 'start'; readonly test: string; readonly title: string }
  | { readonly type: 'passed' }
  | { readonly type: 'failed'; readonly error: string }
  | { readonly type: 'end'; readonly seconds: number }
  | { readonly type: 'skipped'; readonly test: string; readonly title: string; readonly groups: readonly string[] }
  | { readonly type: 'block'; readonly block: string; readonly phase: 'start' | 'end' }
  /** facts about the test that starts next */
  | { readonly type: 'about'; readonly groups: readonly string[]; readonly module: string; readonly lifted: boolean }
  /** a block of tests was aborted */
  | { readonly type: 'broken'; readonly block: string; readonly error: string };

const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?`;

const start = new RegExp(`^<<<< ${time} start (.*)$`);
const end = new RegExp(String.raw`^>>>> ${time} time=(?:(\d+) days?, )?(\d+):(\d\d):(\d\d(?:\.\d+)?) `);
const skipped = new RegExp(String.raw`^\*{4} ${time} skipping (.*), test\(s\) (.*) disabled`);
const blockStart = new RegExp(`^vvvv BLOCK ${time} start (.*)$`);
const blockEnd = new RegExp(String.raw`^\^{4} BLOCK ${time} time=\S+ (.*)$`);

/** @returns `undefined` for output of a test or of its commands */
export function parseQaLine(line: string): QaLine | undefined {
  return line.startsWith('#### ') ? parseFacts(line.slice(5)) : (parseHeader(line) ?? parseBlock(line));
}

function parseHeader(line: string): QaLine | undefined {
  return parseResult(line) ?? parseStart(line) ?? parseSkipped(line);
}

function parseStart(line: string): QaLine | undefined {
  const [, started] = start.exec(line) ?? [];
  return started === undefined ? undefined : { type: 'start', ...describe(started) };
}

function parseResult(line: string): QaLine | undefined {
  if (line.startsWith('---- PASSED ')) return { type: 'passed' };
  const [, failed] = /^---- FAILED (.*)$/.exec(line) ?? [];
  if (failed !== undefined) return { type: 'failed', error: withoutDashes(failed).replace(/^(\[\w+\] )?[^:]*: /, '') };
  const ended = end.exec(line);
  return ended === null ? undefined : { type: 'end', seconds: toSeconds(ended.slice(1)) };
}

function parseSkipped(line: string): QaLine | undefined {
  const [, what, groups] = skipped.exec(line) ?? [];
  if (what === undefined || groups === undefined) return undefined;
  return { type: 'skipped', ...describe(what), groups: groupsIn(groups) };
}

function parseBlock(line: string): QaLine | undefined {
  const [, started] = blockStart.exec(line) ?? [];
  if (started !== undefined) return { type: 'block', block: describe(started).test, phase: 'start' };
  const [, ended] = blockEnd.exec(line) ?? [];
  return ended === undefined ? undefined : { type: 'block', block: describe(ended).test, phase: 'end' };
}

const noFacts = { type: '', of: [] as readonly string[], module: '', lifted: false, block: '', error: '' };

function parseFacts(text: string): QaLine | undefined {
  try {
    const facts = { ...noFacts, ...(JSON.parse(text) as Partial<typeof noFacts>) };
    const { type, of: groups, module, lifted, block, error } = facts;
    if (type === 'test') return { type: 'about', groups, module, lifted };
    return type === 'broken' ? { type, block, error } : undefined;
  } catch {
    return undefined;
  }
}

/** Parses `[TestNodeList] gnt-node list -----`, or `<function TestX at 0x7f>` for a test without a docstring. */
function describe(text: string): { readonly test: string; readonly title: string } {
  const plain = withoutDashes(text);
  const [, test, title] = /^\[(\w+)\] (.*)$/.exec(plain) ?? [];
  if (test !== undefined && title !== undefined) return { test, title };
  const [, name] = /^<function (\w+)/.exec(plain) ?? [];
  return { test: name ?? plain, title: '' };
}

/** Removes the trailing dashes. */
function withoutDashes(text: string): string {
  return text.replace(/ -+$/, '').trim();
}

/** Parses `cluster-oob`, or Python's representation of a list of names and functions. */
function groupsIn(text: string): readonly string[] {
  if (/^[a-z0-9-]+$/.test(text)) return [text];
  return [...text.matchAll(/'([a-z0-9-]+)'/g)].flatMap(([, name]) => name ?? []);
}

function toSeconds([days = '0', hours = '0', minutes = '0', seconds = '0']: readonly (string | undefined)[]): number {
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}

/** Stages of the suite, in order. */
export const qaStages = [
  { id: 'env', title: 'Environment' },
  { id: 'setup', title: 'Creating the cluster' },
  { id: 'cluster', title: 'Cluster' },
  { id: 'os', title: 'OS definitions' },
  { id: 'nodes', title: 'Nodes, groups, networks, filters' },
  { id: 'instances', title: 'Instances' },
  { id: 'more', title: 'Policies, OS parameters, monitoring' },
  { id: 'performance', title: 'Performance' },
  { id: 'destroy', title: 'Removing the cluster' },
] as const;

export type QaStage = (typeof qaStages)[number]['id'];

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

/** The stage after a line of output.  The suite never returns to an earlier stage. */
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
