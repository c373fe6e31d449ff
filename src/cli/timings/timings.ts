import type { Event, Report, StepDone } from '../../events.ts';
import { renderTable } from '../table.ts';
import type { EngineRequest } from './observe-engines.ts';

/** What a command did for how long, and what it waited for meanwhile. */
export interface Timing {
  readonly title: string;
  readonly elapsedMs: number;
  readonly waits: readonly { readonly title: string; readonly elapsedMs: number }[];
}

interface Step extends Period {
  readonly event: StepDone;
}

/** Times are as `performance.now` has them: since the start of the program. */
interface Period {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Records the times of one run of steps. */
export interface Stopwatch {
  readonly report: Report;
  readonly onRequest: (request: EngineRequest) => void;
  /** The steps in their order, what was before and between them, and the total. */
  readonly timings: () => readonly Timing[];
}

/** @param now for tests */
export function startStopwatch(report: Report, now = () => performance.now()): Stopwatch {
  const requests: EngineRequest[] = [];
  const steps: Step[] = [];
  let begunAt: number | undefined;
  const record = (event: Event) => {
    const endedAt = now();
    if (event.type === 'run-started') begunAt ??= endedAt;
    if (event.type === 'step-done') steps.push({ event, startedAt: endedAt - event.elapsedMs, endedAt });
    report(event);
  };
  const timings = () => {
    const program = { startedAt: 0, endedAt: begunAt ?? 0 };
    const total = { startedAt: 0, endedAt: now() };
    const between = gaps([program, ...steps, { startedAt: total.endedAt, endedAt: total.endedAt }]);
    return [
      { title: 'Starting the program', elapsedMs: length([program]), waits: engineWaits(requests, [program]) },
      ...steps.map((step) => stepTiming(step, requests)),
      { title: 'Between the steps', elapsedMs: length(between), waits: engineWaits(requests, between) },
      { title: 'Total', elapsedMs: length([total]), waits: [] },
    ];
  };
  return { report: record, onRequest: (request) => requests.push(request), timings };
}

/** In a step of the slice, this program waits for nothing but the slice. */
function stepTiming({ event, ...period }: Step, requests: readonly EngineRequest[]): Timing {
  const { title, elapsedMs, parts } = event;
  const slice = parts?.map((part) => ({ title: `slice: ${part.title}`, elapsedMs: part.elapsedMs }));
  return { title, elapsedMs, waits: slice ?? engineWaits(requests, [period]) };
}

/** For how long requests of the same kind were open in these periods; several can be open at the same time. */
function engineWaits(requests: readonly EngineRequest[], periods: readonly Period[]): Timing['waits'] {
  const titles = [...new Set(requests.map(({ title }) => title))];
  const waits = titles.map((title) => {
    const same = requests.filter((request) => request.title === title);
    const inside = periods.flatMap((period) => same.flatMap((request) => overlap(request, period)));
    return { title: `engine: ${title}`, elapsedMs: length(inside) };
  });
  return waits.filter(({ elapsedMs }) => elapsedMs > 0);
}

function overlap(one: Period, other: Period): readonly Period[] {
  const startedAt = Math.max(one.startedAt, other.startedAt);
  const endedAt = Math.min(one.endedAt, other.endedAt);
  return startedAt < endedAt ? [{ startedAt, endedAt }] : [];
}

/** The time that at least one of the periods covers. */
function length(periods: readonly Period[]): number {
  let sum = 0;
  let covered = 0;
  for (const { startedAt, endedAt } of periods.toSorted((a, b) => a.startedAt - b.startedAt)) {
    sum += Math.max(0, endedAt - Math.max(startedAt, covered));
    covered = Math.max(covered, endedAt);
  }
  return sum;
}

function gaps(periods: readonly Period[]): readonly Period[] {
  const sorted = periods.toSorted((a, b) => a.startedAt - b.startedAt);
  let covered = 0;
  return sorted.flatMap(({ startedAt, endedAt }) => {
    const gap = { startedAt: covered, endedAt: startedAt };
    covered = Math.max(covered, endedAt);
    return gap.startedAt < gap.endedAt ? [gap] : [];
  });
}

/** Waits of less than 5 ms are left out. */
const shortestMs = 5;

export function renderTimings(timings: readonly Timing[]): string {
  const rows = timings.flatMap(({ title, elapsedMs, waits }) => [
    [seconds(elapsedMs), title],
    ...waits.filter((wait) => wait.elapsedMs >= shortestMs).map((wait) => [seconds(wait.elapsedMs), `  ${wait.title}`]),
  ]);
  return renderTable(['SECONDS', 'STEP, AND WHAT IT WAITED FOR'], rows);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2).padStart('SECONDS'.length);
}
