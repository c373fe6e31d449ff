import type { Report, StepPart } from '../../events.ts';
import { parseShape, type Shape } from '../../shape.ts';
import { skipStep } from '../../steps.ts';
import { hostPrefix, hostReport, type SliceHost } from './hosts.ts';
import type { SliceStep } from './steps.ts';

/** Where the boot of one slice is reported. */
export interface BootProgress {
  readonly event: (event: SliceEvent) => void;
  /** what the slice is doing, in words */
  readonly doing: () => string;
  /** the slice is ready */
  readonly end: () => void;
  readonly fail: () => void;
}

type ReportedHost = Pick<SliceHost, 'endpoint'>;

interface Boot {
  readonly host: ReportedHost;
  /** index of the slice's step; -1 before the first, the number of steps after the last */
  at: number;
  /** what it does in that step, in words */
  text: string;
  readonly entered: Set<number>;
  /** reasons, by the index of the step */
  readonly skipped: Map<number, string>;
  /** what it has done, with the index of the step */
  readonly parts: (StepPart & { readonly step: number })[];
}

interface Progress {
  readonly report: Report;
  readonly steps: readonly SliceStep[];
  readonly boots: readonly Boot[];
  /** index of the reported step: that of the slowest slice */
  current: number;
  startedAt: number;
  failed: boolean;
}

/**
 * Turns the many small steps of slices into those that were announced.  A step is done when all slices have done it.
 *
 * @param steps those that were announced
 * @returns where the boot on each host is reported
 */
export function bootProgress(
  report: Report,
  steps: readonly SliceStep[],
  hosts: readonly ReportedHost[],
): (host: ReportedHost) => BootProgress {
  const boots = new Map(
    hosts.map((host): [ReportedHost, Boot] => [
      host,
      { host, at: -1, text: '', entered: new Set(), skipped: new Map(), parts: [] },
    ]),
  );
  const progress: Progress = { report, steps, boots: [...boots.values()], current: -1, startedAt: 0, failed: false };
  return (host) => {
    const boot = boots.get(host);
    if (boot === undefined) throw new RangeError(`host ${host.endpoint} does not boot`);
    return progressOf(progress, boot);
  };
}

function progressOf(progress: Progress, boot: Boot): BootProgress {
  const { steps } = progress;
  return {
    event: (event) => {
      follow(progress, boot, event);
    },
    doing: () => steps[boot.at]?.title ?? 'starting',
    end: () => {
      move(progress, boot, steps.length);
    },
    fail: () => {
      fail(progress);
    },
  };
}

function follow(progress: Progress, boot: Boot, event: SliceEvent): void {
  const { report, steps } = progress;
  if (event.type === 'warning') reportWarning(hostReport(boot.host, report), event);
  const index = steps.findIndex(({ of }) => isOf(event, of));
  if (index < Math.max(boot.at, 0)) return;
  boot.entered.add(index);
  const step = steps[index];
  if (step !== undefined) note(boot, index, step, event);
  move(progress, boot, index);
  setText(progress, boot, event);
}

/** Notes how a part of a step ended. */
function note({ skipped, parts }: Boot, index: number, { of, waitsFor }: SliceStep, event: SliceEvent): void {
  const { type, title = '', elapsedMs, reason = '' } = event;
  // A step of several parts is skipped only if all are: the slice does not say that.
  if (type === 'step-skipped' && of.length === 1) skipped.set(index, reason);
  if (type !== 'step-done' || elapsedMs === undefined) return;
  parts.push({ step: index, title: waitsFor ?? title, elapsedMs });
}

function isOf({ step = '' }: SliceEvent, steps: readonly string[]): boolean {
  return steps.includes(step);
}

function reportWarning(report: Report, { message = '', hint }: SliceEvent): void {
  report({ type: 'warning', message, ...(hint !== undefined && { hint }) });
}

function setText(progress: Progress, boot: Boot, { type, text = '' }: SliceEvent): void {
  if (type !== 'step-progress') return;
  boot.text = text;
  if (boot.at === progress.current) reportText(progress);
}

function move(progress: Progress, boot: Boot, at: number): void {
  if (at <= boot.at) return;
  boot.at = at;
  boot.text = '';
  const slowest = Math.min(...progress.boots.map((each) => each.at));
  while (progress.current < slowest) {
    close(progress);
    progress.current += 1;
    open(progress);
  }
  reportText(progress);
}

function open(progress: Progress): void {
  const { report, steps, boots, current } = progress;
  progress.startedAt = performance.now();
  const step = steps[current];
  if (step === undefined || !boots.some(({ entered }) => entered.has(current))) return;
  report({ type: 'step-started', id: step.id, title: step.title });
}

function close({ report, steps, boots, current, startedAt }: Progress): void {
  const step = steps[current];
  if (step === undefined) return;
  const { id, title } = step;
  const reasons = boots.flatMap(({ skipped }) => skipped.get(current) ?? []);
  if (reasons.length === boots.length) skipStep(report, step, reasons[0]);
  else if (!boots.some(({ entered }) => entered.has(current))) skipStep(report, step);
  else {
    const parts = slowest(boots.flatMap((boot) => boot.parts.filter(({ step: index }) => index === current)));
    const elapsedMs = performance.now() - startedAt;
    report({ type: 'step-done', id, title, elapsedMs, ...(parts.length > 0 && { parts }) });
  }
}

function slowest(parts: readonly StepPart[]): readonly StepPart[] {
  const titles = [...new Set(parts.map(({ title }) => title))];
  return titles.map((title) => {
    const times = parts.filter((part) => part.title === title).map(({ elapsedMs }) => elapsedMs);
    return { title, elapsedMs: Math.max(...times) };
  });
}

/** How many hosts are ahead, and what the others do. */
function reportText({ report, steps, boots, current }: Progress): void {
  const step = steps[current];
  const behind = boots.filter(({ at }) => at === current);
  const ahead = boots.length - behind.length;
  const busy = behind.filter(({ text }) => text !== '');
  const texts = busy.map(({ host, text }) => `${hostPrefix(host)}${text}`);
  const text = [...(ahead === 0 ? [] : [`${ahead} of ${boots.length} hosts done`]), ...texts].join(', ');
  if (step !== undefined && text !== '') report({ type: 'step-progress', id: step.id, text });
}

function fail(progress: Progress): void {
  const { report, steps, current } = progress;
  const step = steps[Math.max(current, 0)];
  if (progress.failed || step === undefined) return;
  progress.failed = true;
  report({ type: 'step-failed', id: step.id, title: step.title });
}

/** One line of a slice's log.  `images/slice/rootfs/usr/lib/vcluster-box/vcluster_slice/events.py` writes them. */
export interface SliceEvent {
  readonly type: string;
  readonly step?: string;
  readonly title?: string;
  readonly elapsedMs?: number;
  readonly text?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly node?: string;
  readonly hint?: string;
  readonly log?: readonly string[];
  readonly logfile?: string;
}

const eventShape = {
  ...{ type: 'string', 'step?': 'string', 'title?': 'string', 'text?': 'string', 'reason?': 'string' },
  'elapsedMs?': 'number',
  ...{ 'message?': 'string', 'node?': 'string', 'hint?': 'string', 'log?': ['string'], 'logfile?': 'string' },
} satisfies Shape;

/** @returns `undefined` for a line that is none: what some program in the slice printed */
export function parseSliceEvent(line: string): SliceEvent | undefined {
  const event = parseShape(line, eventShape);
  return 'problem' in event ? undefined : (event.value as SliceEvent);
}
