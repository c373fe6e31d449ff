import { inspect } from 'node:util';
import { VclusterError } from '../errors.ts';

/** The text for an error, with one line per cause.  Only bugs show a stack trace. */
export function renderError(error: unknown): string {
  if (!(error instanceof VclusterError)) return `This is a bug in vcluster-box, please report it.\n${inspect(error)}`;
  const lines = [`error: ${error.message}`, ...causes(error).map((cause) => `  because: ${cause}`)];
  lines.push(...error.output.map((line) => `  | ${line}`));
  if (error.hint !== undefined) lines.push(`hint: ${error.hint}`);
  return lines.join('\n');
}

/** Messages of the causes, nearest first, without those that the line above already contains. */
function causes(error: Error): readonly string[] {
  const messages: string[] = [];
  let previous = error.message;
  for (let { cause } = error; cause instanceof Error; { cause } = cause) {
    if (!previous.includes(cause.message)) messages.push(cause.message);
    previous = cause.message;
  }
  return messages;
}
