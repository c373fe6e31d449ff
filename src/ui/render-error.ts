import { inspect } from 'node:util';
import { VclusterError } from '../errors.ts';

/** What the user reads when something failed.  Causes are listed one a line; only bugs show a stack. */
export function renderError(error: unknown): string {
  if (!(error instanceof VclusterError)) return `This is a bug in vcluster-box, please report it.\n${inspect(error)}`;
  const lines = [`error: ${error.message}`, ...causes(error).map((cause) => `  because: ${cause}`)];
  lines.push(...error.output.map((line) => `  | ${line}`));
  if (error.hint !== undefined) lines.push(`hint: ${error.hint}`);
  return lines.join('\n');
}

/** Messages of what caused it, nearest first; one that only repeats the line above is left out. */
function causes(error: Error): readonly string[] {
  const messages: string[] = [];
  let said = error.message;
  for (let { cause } = error; cause instanceof Error; { cause } = cause) {
    if (!said.includes(cause.message)) messages.push(cause.message);
    said = cause.message;
  }
  return messages;
}
