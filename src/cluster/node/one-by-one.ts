import { InterruptedError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import type { Signals } from '../signals.ts';
import { abortOn } from '../up/interruption.ts';
import type { SliceEvent } from '../up/boot-progress.ts';

export interface Changes {
  readonly report: Report;
  readonly signals: Signals;
  /** ID of the step that shows the progress */
  readonly step: string;
  /** names of the nodes in Ganeti before the changes */
  readonly before: readonly string[];
  readonly change: NodeChange;
}

type NodeChange = 'added' | 'removed';

interface OfNode {
  readonly node: string | { readonly names: readonly string[] };
}

/**
 * Applies one change after another.  An interruption takes effect after the current change.  A second interruption ends
 * this program at once, while the slice completes the current change.
 *
 * @throws {InterruptedError} with the changes that were made
 */
export async function changeOneByOne<Change extends OfNode>(
  changes: readonly Change[],
  { report, signals, step, before, change }: Changes,
  make: (change: Change, report: (event: SliceEvent) => void) => Promise<void>,
): Promise<void> {
  const interruption = abortOn(signals);
  const done: string[] = [];
  const progress = (text: string) => {
    const which = changes.length === 1 ? '' : `${done.length + 1}/${changes.length} `;
    report({ type: 'step-progress', id: step, text: `${which}${text}` });
  };
  const outcome = () => describeChanges(done, changes.length, { before, change });
  try {
    for (const each of changes) {
      interruption.signal.throwIfAborted();
      const name = nameOf(each);
      const finishing = () => {
        progress(`finishing ${name}; interrupt again to leave that to the slice`);
      };
      interruption.signal.addEventListener('abort', finishing);
      await make(each, ({ text }) => {
        if (text !== undefined) progress(text);
      });
      interruption.signal.removeEventListener('abort', finishing);
      done.push(name);
    }
    interruption.signal.throwIfAborted();
  } catch (error) {
    if (error instanceof InterruptedError) throw error.saying(`interrupted; ${outcome()}`);
    if (changes.length > 1) report({ type: 'notice', message: outcome() });
    throw error;
  } finally {
    interruption.stop();
  }
}

function describeChanges(
  done: readonly string[],
  asked: number,
  { before, change }: Pick<Changes, 'before' | 'change'>,
): string {
  const now = countNodes(before, change, done);
  const which =
    done.length === 0
      ? 'no node was'
      : done.length === asked
        ? 'all nodes were'
        : `${done.join(', ')} ${done.length === 1 ? 'was' : 'were'}`;
  return `${which} ${change}: the cluster now has ${now} ${now === 1 ? 'node' : 'nodes'}`;
}

/** The number of nodes in Ganeti after these changes.  `node rm` can remove a node that Ganeti does not know. */
export function countNodes(before: readonly string[], change: NodeChange, names: readonly string[]): number {
  return change === 'added' ? before.length + names.length : before.filter((name) => !names.includes(name)).length;
}

function nameOf({ node }: OfNode): string {
  return typeof node === 'string' ? node : (node.names[0] ?? '');
}
