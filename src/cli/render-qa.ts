import { formatElapsed } from '../format.ts';
import { qaGroups } from '../qa/groups.ts';
import { byGroup, count, type Counts, isMended, isNewFailure, type JudgedTest, type QaResult } from '../qa/result.ts';
import { renderTable } from './table.ts';

/** Renders the groups of the suite: what they test, and why some cannot run. */
export function renderGroups(json: boolean): string {
  if (json) return JSON.stringify(qaGroups, null, 2);
  return renderTable(
    ['GROUP', 'RUN', 'WHAT'],
    qaGroups.map(({ name, what, off }) => [
      name,
      off === undefined ? 'yes' : 'no',
      off === undefined ? what : `${what}: ${off}`,
    ]),
  );
}

/** Renders the result of a run: the counts of each group, then the tests that did not pass, with reasons. */
export function renderQa(result: QaResult): string {
  const { tests } = result;
  const own = tests.filter(({ lifted }) => !lifted);
  const lifted = tests.filter((test) => test.lifted);
  return [
    groupTable(own, result.counts),
    ...(lifted.length === 0
      ? []
      : ['Tests that the suite skips on virtual clusters by default:', groupTable(lifted, result.liftedCounts)]),
    ...failures('Failed:', tests.filter(isNewFailure), ({ reason }) => reason),
    ...failures('Known failures:', tests.filter(isKnown), ({ known }) => known),
    ...failures('Known failures that passed:', tests.filter(isMended), ({ known }) => known),
    ...skipped(tests),
    ...(result.broken.length === 0 ? [] : [broken(result)]),
    verdict(result),
  ].join('\n\n');
}

function isKnown(test: JudgedTest): boolean {
  return test.outcome === 'failed' && !isNewFailure(test);
}

function groupTable(tests: readonly JudgedTest[], total: Counts): string {
  const rows = [...byGroup(tests)].map(([group, of]) => countsRow(group, count(of)));
  return renderTable(['GROUP', 'PASSED', 'FAILED', 'KNOWN', 'SKIPPED', 'TIME'], [...rows, countsRow('total', total)]);
}

function countsRow(name: string, { passed, failed, known, skipped: left, seconds }: Counts): readonly string[] {
  return [
    name,
    ...[passed, failed, known, left].map((number) => (number === 0 ? '-' : `${number}`)),
    formatElapsed(seconds * 1000),
  ];
}

function failures(
  heading: string,
  tests: readonly JudgedTest[],
  why: (test: JudgedTest) => string | undefined,
): readonly string[] {
  if (tests.length === 0) return [];
  const lines = tests.flatMap((test) => [
    `  ${nameOf(test)} (${formatElapsed(test.seconds * 1000)})`,
    `    ${why(test) ?? ''}`,
  ]);
  return [[heading, ...lines].join('\n')];
}

function nameOf({ name, title, template }: JudgedTest): string {
  return `${name}${template === undefined ? '' : ` on ${template}`}: ${title}`;
}

/** Lists skipped tests by reason, because many have the same. */
function skipped(tests: readonly JudgedTest[]): readonly string[] {
  const reasons = new Map<string, Set<string>>();
  for (const { name, outcome, reason = '' } of tests) {
    if (outcome === 'skipped') {
      reasons.set(reason, (reasons.get(reason) ?? new Set()).add(name));
    }
  }
  if (reasons.size === 0) return [];
  const lines = [...reasons].flatMap(([reason, names]) => [`  ${[...names].join(', ')}`, `    ${reason}`]);
  return [['Skipped:', ...lines].join('\n')];
}

function broken({ broken: blocks }: QaResult): string {
  return ['Aborted:', ...blocks.map(({ block, error }) => `  ${block}: ${error}`)].join('\n');
}

function verdict({ ganeti, complete, counts, elapsedMs, lastLines, logFile }: QaResult): string {
  const { passed, vacuous, failed, known, skipped: left } = counts;
  const parts = [
    `${passed} passed${vacuous > 0 ? ` (${vacuous} had nothing to do)` : ''}`,
    `${failed} failed`,
    ...(known > 0 ? [`${known} known failures`] : []),
    `${left} skipped`,
  ];
  const sentence = `QA of Ganeti ${ganeti}: ${parts.join(', ')}, in ${formatElapsed(elapsedMs)}.  Log: ${logFile}`;
  if (complete) return sentence;
  return [
    ...lastLines.filter((line) => line !== '').map((line) => `  | ${line}`),
    'The suite did not run to the end.',
    sentence,
  ].join('\n');
}
