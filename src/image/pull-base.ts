import { type Engine } from '../engine/engine.ts';
import { type Report } from '../events.ts';
import { obtainBase, type BaseImageRequest } from './base-image.ts';
import { findBuilt } from './find-built.ts';
import { imageSteps } from './image-steps.ts';
import { runStep, skipStep } from '../steps.ts';

export interface PulledBase {
  /** the base image, or the slice image that is there already and needs none */
  readonly image: string;
  readonly pulled: boolean;
}

/**
 * Pulls the base image that a build would need, if it would; makes none.
 *
 * @throws {ImageError} when no registry gives it
 */
export async function pullBase(
  engine: Engine,
  request: BaseImageRequest,
  { report, signal }: { readonly report: Report; readonly signal: AbortSignal },
): Promise<PulledBase> {
  const { base, tag } = await findBuilt(engine, request);
  const there = tag ?? base?.name;
  if (there !== undefined) {
    skipStep(report, imageSteps.base, `${there} is there already`);
    return { image: there, pulled: false };
  }
  const { name } = await runStep(report, imageSteps.base, (onLine) => obtainBase(engine, request, { onLine, signal }));
  return { image: name, pulled: true };
}
