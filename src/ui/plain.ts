import type { Event } from '../events.ts';
import { elapsed } from './elapsed.ts';
import type { Face } from './face.ts';

export interface PlainOptions {
  /** warnings only */
  readonly quiet: boolean;
  /** also what tools print */
  readonly verbose: boolean;
}

/** One line when a step starts and one when it ends: for pipes, files and CI logs. */
export function plainFace(stream: NodeJS.WritableStream, options: PlainOptions): Face {
  return {
    report: (event) => {
      const line = lineFor(event, options);
      if (line !== undefined) stream.write(`${line}\n`);
    },
    settled: () => Promise.resolve(),
  };
}

function lineFor(event: Event, { quiet, verbose }: PlainOptions): string | undefined {
  if (event.type === 'warning') return warningLine(event);
  if (quiet) return undefined;
  if (event.type === 'step-output' || event.type === 'step-progress') {
    return verbose ? `     ${event.type === 'step-output' ? event.line : event.text}` : undefined;
  }
  return stepLine(event);
}

type Told = Exclude<Event, { readonly type: 'warning' | 'step-output' | 'step-progress' }>;

function stepLine(event: Told): string | undefined {
  switch (event.type) {
    case 'run-started':
      return event.title;
    case 'step-started':
      return ` ... ${event.title}`;
    case 'step-done':
      return `  ok ${event.title} (${elapsed(event.elapsedMs)})`;
    case 'step-skipped':
      return `   - ${event.title}: ${event.reason}`;
    case 'step-failed':
      return `FAIL ${event.title}`;
    case 'notice':
      return event.message;
    case 'run-ended':
      return undefined;
  }
}

function warningLine({ message, hint }: { readonly message: string; readonly hint?: string }): string {
  return `warning: ${message}${hint === undefined ? '' : `\n   hint: ${hint}`}`;
}
