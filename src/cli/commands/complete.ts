import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import { liveValues } from '../completion/live-values.ts';
import { readTypedLine, type TypedLine } from '../completion/typed-line.ts';
import { findWish, type Suggestion, type Wish } from '../completion/wish.ts';
import type { CliContext } from '../context.ts';

/** Somebody waits for it with a finger on the Tab key. */
const patienceMs = 1000;

/**
 * `vcluster-box __complete -- WORD...`: what the scripts of `completion` ask.
 *
 * Prints what the last word could become, one a line, each with a tab and what it is about; and in the end, for what the
 * shell is to do itself, a line that begins with a colon: `:files` (names of files, too), `:nospace` (words go on).
 * Whatever goes wrong, it prints no error and ends with 0.
 */
export function completeCommand(context: CliContext): Command {
  return new Command('__complete').argument('[word...]').action(async (words: readonly string[], _flags, command) => {
    const { parent } = command as Command;
    if (parent === null) return;
    const line = readTypedLine(parent, words);
    const wish = findWish(line);
    const found = [...wish.fixed, ...(await inTime(live(context, line, wish)))];
    const { before } = wish;
    const lines = found
      .map(({ value, about }) => ({ value: `${before}${value}`, about: about?.split('\n', 1)[0] }))
      .filter(({ value }) => value.startsWith(line.word) && !line.operands.includes(value))
      .map(({ value, about }) => (about ? `${value}\t${about}` : value));
    const all = [...lines, ...directives(wish)];
    if (all.length > 0) await context.print(all.join('\n'));
  });
}

async function live(context: CliContext, line: TypedLine, wish: Wish): Promise<readonly Suggestion[]> {
  const sources = wish.sources.filter((source) => source !== 'files');
  if (sources.length === 0) return [];
  const engine = await context.engine();
  const asked = { cluster: clusterOf(line, context), word: line.word.slice(wish.before.length) };
  return (await Promise.all(sources.map((source) => liveValues(engine, source, asked)))).flat();
}

/** As the command will have it: the one that it names, or the one asked for by option or environment. */
function clusterOf({ command, operands, given }: TypedLine, { env }: CliContext): string | undefined {
  const named = command.registeredArguments[0]?.name() === 'name' ? operands[0] : undefined;
  const cluster = named ?? given.get('cluster') ?? env['VCLUSTER_BOX_CLUSTER'];
  return typeof cluster === 'string' && cluster !== '' ? cluster : undefined;
}

async function inTime(work: Promise<readonly Suggestion[]>): Promise<readonly Suggestion[]> {
  const done = new AbortController();
  const late = wait(patienceMs, [], { signal: done.signal });
  try {
    return await Promise.race([work, late]);
  } catch {
    return [];
  } finally {
    late.catch(() => undefined);
    done.abort();
  }
}

function directives({ sources, before }: Wish): readonly string[] {
  const words = [
    ...(sources.includes('files') && before === '' ? ['files'] : []),
    ...(sources.includes('nodes:') ? ['nospace'] : []),
  ];
  return words.length === 0 ? [] : [`:${words.join(',')}`];
}
