import type { Event, Report, StepSkipped, TestEnded } from '../events.ts';
import { escapeControl, formatElapsed } from '../format.ts';

/** One way to show what happens. */
export interface Renderer {
  readonly report: Report;
  /** Finishes what is drawn, so that other output can follow. */
  readonly flush: () => void;
}

interface PlainOptions {
  /** show only warnings */
  readonly quiet: boolean;
  /** also show the output of tools */
  readonly verbose: boolean;
}

/** One line when a step starts and one when it ends, for pipes, files and CI logs. */
export function plainRenderer(stream: NodeJS.WritableStream, options: PlainOptions): Renderer {
  return {
    report: (event) => {
      const line = lineFor(event, options);
      if (line !== undefined) stream.write(`${escapeControl(line)}\n`);
    },
    flush: () => undefined,
  };
}

function lineFor(event: Event, { quiet, verbose }: PlainOptions): string | undefined {
  if (event.type === 'warning') return warningLine(event);
  if (quiet) return undefined;
  if (event.type === 'step-output' || event.type === 'step-progress') {
    return verbose ? `     ${event.type === 'step-output' ? event.line : event.text}` : undefined;
  }
  return event.type === 'test-ended' ? testLine(event, verbose) : stepLine(event);
}

type LineEvent = Exclude<Event, { readonly type: 'warning' | 'step-output' | 'step-progress' | 'test-ended' }>;

const testMarks = { passed: 'pass', failed: 'FAIL', known: 'known', skipped: 'skip' } as const;

/** Skipped tests are numerous and have few reasons, which the summary lists. */
function testLine({ outcome, test, title, elapsedMs, reason }: TestEnded, verbose: boolean): string | undefined {
  if (outcome === 'skipped' && !verbose) return undefined;
  const why = reason === undefined ? '' : `: ${reason}`;
  return `     ${testMarks[outcome].padEnd(5)} ${`${test} ${title}`.trim()} (${formatElapsed(elapsedMs)})${why}`;
}

function stepLine(event: LineEvent): string | undefined {
  switch (event.type) {
    case 'run-started':
      return event.title;
    case 'step-started':
      return ` ... ${event.title}`;
    case 'step-done':
      return `  ok ${event.title} (${formatElapsed(event.elapsedMs)})`;
    case 'step-skipped':
      return skippedLine(event);
    case 'step-failed':
      return `FAIL ${event.title}`;
    case 'notice':
      return event.message;
    case 'run-ended':
      return undefined;
  }
}

function skippedLine({ title, reason }: StepSkipped): string | undefined {
  return reason === undefined ? undefined : `   - ${title}: ${reason}`;
}

function warningLine({ message, hint }: { readonly message: string; readonly hint?: string }): string {
  return `warning: ${message}${hint === undefined ? '' : `\n   hint: ${hint}`}`;
}
