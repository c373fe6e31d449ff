import { randomBytes } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import { SliceError } from '../errors.ts';
import { scratchContainer } from '../plan/scratch-container.ts';
import { parseShape, type Shape } from '../shape.ts';

/** A change that vcluster-box makes to Ganeti in virtual nodes: a file of `vcluster_node`. */
export interface Change {
  readonly change: string;
  readonly purpose: string;
  /** what does not work without it */
  readonly lost: string;
  /** whether there is no cluster without it */
  readonly vital: boolean;
  /** why it does not fit this Ganeti; null: it fits */
  readonly reason?: string | null;
}

export const changeShape = {
  ...{ change: 'string', purpose: 'string', lost: 'string', vital: 'boolean', 'reason?': 'string' },
} satisfies Shape;

/** The changes that do not fit. */
export function misfits(changes: readonly Change[]): readonly Change[] {
  return changes.filter(({ reason = null }) => reason !== null);
}

/** The list that the build of a slice image has written (`images/slice/rootfs/usr/lib/vcluster-box/finish-image`). */
const listFile = '/usr/share/vcluster-box/changes.json';

/**
 * Reads the changes and whether they fit, as they were when the image was built.
 *
 * @param container also a stopped one
 * @throws {SliceError} if there is no list, as in images of earlier versions
 */
export async function readChanges(engine: Engine, container: string): Promise<readonly Change[]> {
  const text = (await engine.readFile(container, listFile))?.toString();
  const answer = text === undefined ? { problem: 'it does not exist' } : parseShape(text, [changeShape]);
  if ('problem' in answer) throw new SliceError(`${listFile} in the image cannot be used: ${answer.problem}`);
  return answer.value as readonly Change[];
}

/** The same of an image, from a container that is never started. */
export async function readImageChanges(engine: Engine, image: string): Promise<readonly Change[]> {
  const name = `vcluster-box-look-${randomBytes(6).toString('hex')}`;
  await engine.createContainer(name, scratchContainer(image, ['true']));
  try {
    return await readChanges(engine, name);
  } finally {
    await engine.removeContainer(name);
  }
}
