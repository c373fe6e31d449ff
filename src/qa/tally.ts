import { impliedGroups, qaGroups } from './groups.ts';
import { parseQaLine, stageAfter, type QaLine, type QaStage } from './parse-line.ts';

/** A test of the suite and its outcome. */
export interface QaTest {
  /** name of the function: `TestNodeList` */
  readonly name: string;
  /** the suite's description of the test: `gnt-node list` */
  readonly title: string;
  /** groups in the suite's configuration that it belongs to; empty if unknown */
  readonly groups: readonly string[];
  /** disk template of the instance that it ran on */
  readonly template?: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly seconds: number;
  /** why it failed or was skipped */
  readonly reason?: string;
  /** The suite skips it on virtual clusters by default; it ran because of `--with-skipped`. */
  readonly lifted: boolean;
  /** It returned at once because it had nothing to do on this cluster. */
  readonly vacuous: boolean;
}

/** Collects the results of the suite from its output. */
export interface Tally {
  /** Reads the next line of output. */
  readonly read: (line: string) => TallyUpdate;
  readonly tests: () => readonly QaTest[];
  /** blocks of tests that were aborted */
  readonly broken: () => readonly BrokenBlock[];
}

export interface BrokenBlock {
  /** name of the function: `RunInstanceTests` */
  readonly block: string;
  readonly error: string;
}

export interface TallyUpdate {
  readonly stage: QaStage;
  /** the test that this line starts */
  readonly started?: { readonly name: string; readonly title: string };
  /** the test that this line ends or skips */
  readonly ended?: QaTest;
}

/** A faster test has only checked whether it has anything to do: each command takes longer than this. */
const vacuousSeconds = 0.01;

interface State {
  stage: QaStage;
  about: { readonly groups: readonly string[]; readonly lifted: boolean } | undefined;
  current: { readonly name: string; readonly title: string } | undefined;
  error: string | undefined;
  template: string | undefined;
}

/** @param selected groups to run; skipped tests of other groups are not counted if they can run on virtual clusters */
export function tallyQa(selected: ReadonlySet<string>): Tally {
  const tests: QaTest[] = [];
  const broken: BrokenBlock[] = [];
  const state: State = { stage: 'env', about: undefined, current: undefined, error: undefined, template: undefined };
  const end = (test: QaTest): TallyUpdate => {
    tests.push(test);
    return { stage: state.stage, ended: test };
  };
  return {
    tests: () => tests,
    broken: () => broken,
    read: (text) => {
      const line = parseQaLine(text);
      if (line === undefined) return { stage: state.stage };
      state.stage = stageAfter(state.stage, line);
      if (line.type === 'broken') broken.push({ block: line.block, error: line.error });
      if (line.type === 'skipped') {
        const skipped = skippedTest(line, selected);
        return skipped === undefined ? { stage: state.stage } : end(skipped);
      }
      if (line.type === 'end' && state.current !== undefined) return end(endedTest(state, line.seconds));
      remember(state, line);
      return { stage: state.stage, ...(line.type === 'start' && { started: { name: line.test, title: line.title } }) };
    },
  };
}

function remember(state: State, line: QaLine): void {
  if (line.type === 'about') state.about = line;
  if (line.type === 'failed' && state.current !== undefined) state.error = line.error;
  if (line.type !== 'start') return;
  state.current = { name: line.test, title: line.title };
  state.error = undefined;
  const template = templates[line.test];
  if (template !== undefined) state.template = template;
  else if (state.stage !== 'instances') state.template = undefined;
}

const templates: Readonly<Record<string, string>> = {
  TestInstanceAddWithPlainDisk: 'plain',
  TestInstanceAddWithDrbdDisk: 'drbd',
  TestInstanceAddFile: 'file',
  TestInstanceAddSharedFile: 'sharedfile',
  TestInstanceAddDiskless: 'diskless',
};

function endedTest(state: State, seconds: number): QaTest {
  const { about = { groups: [], lifted: false }, current = { name: '', title: '' }, error, template } = state;
  Object.assign(state, { about: undefined, current: undefined, error: undefined });
  const { lifted } = about;
  const groups = about.groups.length > 0 ? about.groups : impliedGroups(current.name);
  const of = { ...current, groups, seconds, lifted, ...(template !== undefined && { template }) };
  if (error !== undefined) return { ...of, outcome: 'failed', reason: error, vacuous: false };
  return { ...of, outcome: 'passed', vacuous: seconds < vacuousSeconds };
}

function skippedTest(
  line: Extract<QaLine, { readonly type: 'skipped' }>,
  selected: ReadonlySet<string>,
): QaTest | undefined {
  const { test: name, title, groups } = line;
  const reason = whySkipped(groups, selected);
  if (reason === undefined) return undefined;
  return { name, title, groups, outcome: 'skipped', seconds: 0, reason, lifted: false, vacuous: false };
}

/** @returns `undefined` for a test that was not selected */
function whySkipped(groups: readonly string[], selected: ReadonlySet<string>): string | undefined {
  const missing = groups.filter((group) => !selected.has(group));
  const off = missing.flatMap((group) => qaGroups.find(({ name }) => name === group)?.off ?? []);
  if (off[0] !== undefined) return off[0];
  return missing.length > 0
    ? undefined
    : 'the suite skips it on virtual clusters; --with-skipped runs most of these tests';
}
