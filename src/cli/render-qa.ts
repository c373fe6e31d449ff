import type { QaResult } from '../qa/result.ts';
import { qaGroups } from '../qa/groups.ts';
import { byGroup, count, isMended, isNewFailure, type Counts, type JudgedTest } from '../qa/result.ts';
import { elapsed } from '../ui/elapsed.ts';
import { renderTable } from './table.ts';

/** The groups of the suite, what they are of, and why some are not run. */
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

/** What the user reads when the suite has ended: counts for each group, then what did not pass, and why. */
export function renderQa(result: QaResult): string {
  const { tests } = result;
  const own = tests.filter(({ lifted }) => !lifted);
  const lifted = tests.filter((test) => test.lifted);
  return [
    groupTable(own, result.counts),
    ...(lifted.length === 0
      ? []
      : ['What the suite leaves out on virtual clusters, run all the same:', groupTable(lifted, result.liftedCounts)]),
    ...failures('Failed:', tests.filter(isNewFailure), ({ reason }) => reason),
    ...failures('Failed, as is known:', tests.filter(isKnown), ({ known }) => known),
    ...failures('Passed, though they are known to fail:', tests.filter(isMended), ({ known }) => known),
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
    elapsed(seconds * 1000),
  ];
}

function failures(
  heading: string,
  tests: readonly JudgedTest[],
  why: (test: JudgedTest) => string | undefined,
): readonly string[] {
  if (tests.length === 0) return [];
  const lines = tests.flatMap((test) => [
    `  ${nameOf(test)} (${elapsed(test.seconds * 1000)})`,
    `    ${why(test) ?? ''}`,
  ]);
  return [[heading, ...lines].join('\n')];
}

function nameOf({ name, title, template }: JudgedTest): string {
  return `${name}${template === undefined ? '' : ` on ${template}`}: ${title}`;
}

/** Many are skipped for the same reason. */
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
  return ['Left before their end:', ...blocks.map(({ block, error }) => `  ${block}: ${error}`)].join('\n');
}

function verdict({ ganeti, complete, counts, elapsedMs, lastLines, logFile }: QaResult): string {
  const { passed, vacuous, failed, known, skipped: left } = counts;
  const parts = [
    `${passed} passed${vacuous > 0 ? ` (${vacuous} had nothing to do here)` : ''}`,
    `${failed} failed`,
    ...(known > 0 ? [`${known} failed as known`] : []),
    `${left} skipped`,
  ];
  const sentence = `QA of Ganeti ${ganeti}: ${parts.join(', ')}, in ${elapsed(elapsedMs)}.  Its log: ${logFile}`;
  if (complete) return sentence;
  return [...lastLines.map((line) => `  | ${line}`), 'The suite did not come to its end.', sentence].join('\n');
}
