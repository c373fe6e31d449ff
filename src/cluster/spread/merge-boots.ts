import type { Event, Report } from '../../events.ts';
import { skipSteps } from '../../steps.ts';
import type { SliceStep } from '../up/steps.ts';

interface Progress {
  /** index of the step that a slice is at; as many as there are when it has done all */
  at: number;
  /** what it is at in that step, in words */
  text: string;
}

interface Merge {
  readonly report: Report;
  readonly steps: readonly SliceStep[];
  readonly slices: ReadonlyMap<string, Progress>;
  /** why slices had nothing to do in a step, by its id */
  readonly skips: Map<string, readonly string[]>;
  /** index of the step that is told of */
  current: number;
  startedAt: number;
  failed: boolean;
}

/**
 * Makes one account of the boots of several slices: a step is done when all have done it, and those that are ahead wait.
 *
 * @param steps as they were announced
 * @returns for each slice, by its host, where its boot is told of
 */
export function mergeBoots(
  report: Report,
  steps: readonly SliceStep[],
  endpoints: readonly string[],
): (endpoint: string) => Report {
  const slices = new Map(endpoints.map((endpoint): [string, Progress] => [endpoint, { at: -1, text: '' }]));
  const merge: Merge = { report, steps, slices, skips: new Map(), current: -1, startedAt: 0, failed: false };
  return (endpoint) => (event) => {
    const slice = slices.get(endpoint);
    if (event.type === 'warning') report({ ...event, message: `host ${endpoint}: ${event.message}` });
    else if (slice !== undefined && 'id' in event) tell(merge, slice, event);
  };
}

function tell(merge: Merge, slice: Progress, event: Extract<Event, { readonly id: string }>): void {
  const index = merge.steps.findIndex(({ id }) => id === event.id);
  if (event.type === 'step-started') move(merge, slice, index);
  if (event.type === 'step-done') move(merge, slice, index + 1);
  if (event.type === 'step-failed') fail(merge);
  if (event.type === 'step-skipped') {
    merge.skips.set(event.id, [...(merge.skips.get(event.id) ?? []), event.reason]);
    move(merge, slice, index + 1);
  }
  if (event.type === 'step-progress') {
    slice.text = event.text;
    if (slice.at === merge.current) tellWhere(merge);
  }
}

function move(merge: Merge, slice: Progress, at: number): void {
  if (at <= slice.at) return;
  slice.at = at;
  slice.text = '';
  const slowest = Math.min(...[...merge.slices.values()].map((one) => one.at));
  while (merge.current < slowest) {
    end(merge);
    merge.current += 1;
    begin(merge);
  }
  tellWhere(merge);
}

function end({ report, steps, slices, skips, current, startedAt }: Merge): void {
  const step = steps[current];
  if (step === undefined) return;
  const { id, title } = step;
  const reasons = skips.get(id) ?? [];
  if (reasons.length === slices.size) skipSteps(report, [step], reasons[0] ?? '');
  else report({ type: 'step-done', id, title, elapsedMs: performance.now() - startedAt });
}

function begin(merge: Merge): void {
  merge.startedAt = performance.now();
  const step = merge.steps[merge.current];
  if (step !== undefined) merge.report({ type: 'step-started', id: step.id, title: step.title });
}

/** How many hosts are ahead, and what the others do. */
function tellWhere({ report, steps, slices, current }: Merge): void {
  const step = steps[current];
  const all = [...slices];
  const behind = all.filter(([, { at }]) => at === current);
  const ahead = all.length - behind.length;
  const busy = behind.filter(([, { text }]) => text !== '').map(([endpoint, { text }]) => `${endpoint}: ${text}`);
  const done = ahead === 0 ? [] : [`${ahead} of ${all.length} hosts done`];
  const text = [...done, ...busy].join(', ');
  if (step !== undefined && text !== '') report({ type: 'step-progress', id: step.id, text });
}

function fail(merge: Merge): void {
  if (merge.failed) return;
  merge.failed = true;
  const step = merge.steps[Math.max(merge.current, 0)];
  if (step !== undefined) merge.report({ type: 'step-failed', id: step.id, title: step.title });
}
