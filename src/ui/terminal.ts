import { stripVTControlCharacters, styleText } from 'node:util';
import type { Event, StepEvent, StepSkipped } from '../events.ts';
import { escapeControl, formatElapsed } from '../format.ts';
import { plainRenderer, type Renderer } from './plain.ts';

interface Step {
  readonly title: string;
  readonly state: keyof typeof marks | 'running' | 'hidden';
  /** last line of its output */
  readonly output: string;
  /** as `performance.now` has it */
  readonly startedAt: number;
  readonly elapsedMs: number;
}

interface TerminalStream extends NodeJS.WritableStream {
  readonly columns?: number;
  readonly rows?: number;
}

interface TerminalOptions {
  readonly color: boolean;
}

const marks = { waiting: '◼', done: '✔', skipped: '↓', failed: '✖' } as const;
const markStyles = { waiting: 'dim', running: 'yellow', done: 'green', skipped: 'yellow', failed: 'red' } as const;
const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const frameMs = 100;

/**
 * A list of all steps, redrawn in place; a running step shows the last line of its output.  Events that belong to no
 * step follow below the finished list.
 *
 * The cursor stays visible and line wrapping is off only within one write, so a killed process leaves the terminal
 * clean.
 */
export function terminalRenderer(stream: TerminalStream, options: TerminalOptions): Renderer {
  const plain = plainRenderer(stream, { quiet: false, verbose: false });
  let steps = new Map<string, Step>();
  let deferred: Event[] = [];
  let drawnLines = 0;
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    const { columns = 80, rows = 24 } = stream;
    const lines = renderSteps(steps, columns, options).slice(1 - rows);
    stream.write(`\u001b[?7l${erase(drawnLines)}${lines.join('\n')}\n\u001b[?7h`);
    drawnLines = lines.length;
  };
  const flush = () => {
    clearInterval(timer);
    if (steps.size === 0) return;
    for (const [id, step] of steps) steps.set(id, ended(step));
    stream.write(`${erase(drawnLines)}${renderSteps(steps, stream.columns ?? 80, options).join('\n')}\n`);
    drawnLines = 0;
    steps = new Map();
    for (const event of deferred) plain.report(event);
    deferred = [];
  };
  return {
    flush,
    report: (event) => {
      const step = 'id' in event ? steps.get(event.id) : undefined;
      if (event.type === 'run-started') {
        flush();
        steps = new Map(event.steps.map(({ id, title }) => [id, { ...notStarted, title }]));
        draw();
        timer = setInterval(draw, frameMs).unref();
      } else if (event.type === 'run-ended') flush();
      else if (step !== undefined && 'id' in event) steps.set(event.id, { ...step, ...change(event) });
      else if (steps.size > 0) deferred.push(event);
      else plain.report(event);
    },
  };
}

const notStarted = { state: 'waiting', output: '', startedAt: 0, elapsedMs: 0 } as const;

/** A step that a broken-off run left running does not spin forever. */
function ended(step: Step): Step {
  return step.state === 'running' ? { ...step, state: 'waiting' } : step;
}

function change(event: StepEvent): Partial<Step> {
  switch (event.type) {
    case 'step-started':
      return { title: event.title, state: 'running', startedAt: performance.now() };
    case 'step-progress':
      return { output: event.text };
    case 'step-output':
      return { output: event.line };
    case 'test-ended':
      return { output: `${event.outcome}: ${event.test} ${event.title}` };
    case 'step-done':
      return { title: event.title, state: 'done', elapsedMs: event.elapsedMs };
    case 'step-skipped':
      return skipped(event);
    case 'step-failed':
      return { title: event.title, state: 'failed' };
  }
}

function skipped({ title, reason }: StepSkipped): Partial<Step> {
  return reason === undefined ? { state: 'hidden' } : { title: `${title}: ${reason}`, state: 'skipped' };
}

function renderSteps(steps: ReadonlyMap<string, Step>, columns: number, options: TerminalOptions): readonly string[] {
  return [...steps.values()].flatMap((step) => {
    const { state } = step;
    return state === 'hidden' ? [] : renderStep({ ...step, state }, columns, options);
  });
}

interface ShownStep extends Step {
  readonly state: Exclude<Step['state'], 'hidden'>;
}

function renderStep(step: ShownStep, columns: number, { color }: TerminalOptions): readonly string[] {
  const { title, state, startedAt, output } = step;
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    color && text !== '' ? styleText(format, text, { validateStream: false }) : text;
  const now = performance.now();
  const ms = state === 'running' ? now - startedAt : step.elapsedMs;
  const mark = state === 'running' ? spinner.charAt(Math.floor(now / frameMs) % spinner.length) : marks[state];
  const time = ms < frameMs ? '' : ` [${formatElapsed(ms)}]`;
  const line = `${style(markStyles[state], mark)} ${truncate(title, columns - 2 - time.length)}${style('dim', time)}`;
  return state === 'running' && output !== '' ? [line, `  › ${truncate(output, columns - 4)}`] : [line];
}

/**
 * Control characters would break the layout.  Wide characters can still exceed the width; the terminal cuts them off.
 */
function truncate(text: string, columns: number): string {
  const plain = escapeControl(stripVTControlCharacters(text).replaceAll(/\s/g, ' '));
  return plain.length < columns ? plain : `${plain.slice(0, Math.max(0, columns - 2))}…`;
}

function erase(lines: number): string {
  return lines === 0 ? '' : `\u001b[${lines}A\u001b[J`;
}
