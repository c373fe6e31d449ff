import { impliedGroups, qaGroups } from './groups.ts';
import { parseQaLine, stageAfter, type QaLine, type QaStage } from './parse-line.ts';

/** One test of the suite, as it went. */
export interface QaTest {
  /** the function's name: `TestNodeList` */
  readonly name: string;
  /** what the suite says of it: `gnt-node list` */
  readonly title: string;
  /** names in the suite's configuration that it belongs to; empty where the suite does not say */
  readonly groups: readonly string[];
  /** Disk template of the instance it was run on. */
  readonly template?: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly seconds: number;
  /** why it failed or was skipped */
  readonly reason?: string;
  /** The suite leaves it out on virtual clusters; it was run all the same (`--with-skipped`). */
  readonly lifted: boolean;
  /** It returned at once: there was nothing for it to do here. */
  readonly vacuous: boolean;
}

/** What the suite has told so far. */
export interface Tally {
  /** Takes the next line of its output. */
  readonly read: (line: string) => Told;
  readonly tests: () => readonly QaTest[];
  /** blocks of tests that were left before their end */
  readonly broken: () => readonly BrokenBlock[];
}

export interface BrokenBlock {
  /** the function's name: `RunInstanceTests` */
  readonly block: string;
  readonly error: string;
}

export interface Told {
  readonly stage: QaStage;
  /** a test that has begun */
  readonly begun?: { readonly name: string; readonly title: string };
  /** a test that has ended, or was skipped */
  readonly ended?: QaTest;
}

/** A test that takes less has done nothing but look whether there is something to do; a command takes longer. */
const vacuousSeconds = 0.01;

interface State {
  stage: QaStage;
  about: { readonly groups: readonly string[]; readonly lifted: boolean } | undefined;
  current: { readonly name: string; readonly title: string } | undefined;
  error: string | undefined;
  template: string | undefined;
}

/** @param chosen groups that were to be run; tests of others that could be run are not counted */
export function tallyQa(chosen: ReadonlySet<string>): Tally {
  const tests: QaTest[] = [];
  const broken: BrokenBlock[] = [];
  const state: State = { stage: 'env', about: undefined, current: undefined, error: undefined, template: undefined };
  const end = (test: QaTest): Told => {
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
        const skipped = skippedTest(line, chosen);
        return skipped === undefined ? { stage: state.stage } : end(skipped);
      }
      if (line.type === 'end' && state.current !== undefined) return end(endedTest(state, line.seconds));
      remember(state, line);
      return { stage: state.stage, ...(line.type === 'start' && { begun: { name: line.test, title: line.title } }) };
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
  chosen: ReadonlySet<string>,
): QaTest | undefined {
  const { test: name, title, groups } = line;
  const reason = whySkipped(groups, chosen);
  if (reason === undefined) return undefined;
  return { name, title, groups, outcome: 'skipped', seconds: 0, reason, lifted: false, vacuous: false };
}

/** `undefined`: because nobody asked for it. */
function whySkipped(groups: readonly string[], chosen: ReadonlySet<string>): string | undefined {
  const missing = groups.filter((group) => !chosen.has(group));
  const off = missing.flatMap((group) => qaGroups.find(({ name }) => name === group)?.off ?? []);
  if (off[0] !== undefined) return off[0];
  return missing.length > 0 ? undefined : 'the suite leaves it out here; --with-skipped runs most of these';
}
