import { type Engine } from '../engine/engine.ts';
import { type Report } from '../events.ts';
import { obtainBase, type BaseImageRequest } from './base-image.ts';
import { findBuilt } from './find-built.ts';
import { imageSteps } from './image-steps.ts';
import { runStep, skipStep } from './step.ts';

/**
 * Pulls the base image that a build would need, if it would; makes none.
 *
 * @throws {ImageError} when no registry gives it
 */
export async function pullBase(
  engine: Engine,
  request: BaseImageRequest,
  { report, signal }: { readonly report: Report; readonly signal: AbortSignal },
): Promise<void> {
  const { base, tag } = await findBuilt(engine, request);
  const there = tag ?? base?.name;
  if (there !== undefined) {
    skipStep(report, imageSteps.base, `${there} is there already`);
    return;
  }
  await runStep(report, imageSteps.base, (onLine) => obtainBase(engine, request, { onLine, signal }));
}
