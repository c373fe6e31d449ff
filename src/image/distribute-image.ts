import type { Engine, ImageSummary } from '../engine/engine.ts';
import { ImageError } from '../errors.ts';
import type { Report } from '../events.ts';
import { formatBytes } from '../format.ts';
import { runStep, skipStep } from '../steps.ts';
import { compressIfSlow } from './compress.ts';

/** A host that needs the image. */
export interface ImageHost {
  /** its name in messages */
  readonly endpoint: string;
  readonly engine: Engine;
}

/** What copying reports to, and what interrupts it. */
export interface CopyContext {
  readonly report: Report;
  readonly signal: AbortSignal;
}

/**
 * Copies an image from one host to those that lack it, to all of them at once.
 *
 * @throws {ImageError} when the first host no longer has it, or copying fails
 */
export async function distributeImage(
  source: ImageHost,
  tag: string,
  others: readonly ImageHost[],
  context: CopyContext,
): Promise<void> {
  const image = await source.engine.inspectImage(tag);
  if (image === undefined) {
    throw new ImageError(`host ${source.endpoint} no longer has the image ${tag}`, {
      hint: 'existing containers do not need it, but new ones do: load it again, or recreate the cluster',
    });
  }
  await copyTo(others, { source, tag, image }, context);
}

interface ImageCopy {
  readonly source: ImageHost;
  readonly tag: string;
  readonly image: ImageSummary;
}

async function copyTo(
  others: readonly ImageHost[],
  { source, tag, image }: ImageCopy,
  { report, signal }: CopyContext,
): Promise<void> {
  const existing = await Promise.all(others.map(({ engine }) => engine.inspectImage(image.id)));
  const missing = others.filter((_, index) => existing[index] === undefined);
  if (missing.length === 0) skipStep(report, imageSteps.copy, 'all hosts have it');
  else {
    await runStep(report, imageSteps.copy, async () => {
      // If one copy fails, the others are stopped before the failure is reported.
      const failure = new AbortController();
      const together = AbortSignal.any([signal, failure.signal]);
      const progress = copyProgress(report, image.size);
      const copies = missing.map((host) =>
        copy({ source, tag, image }, host, { signal: together, progress }).catch((error: unknown) => {
          failure.abort(error);
          throw error;
        }),
      );
      const outcomes = await Promise.allSettled(copies);
      signal.throwIfAborted();
      if (outcomes.some(({ status }) => status === 'rejected')) throw failure.signal.reason;
    });
  }
  await Promise.all(others.map(({ engine }) => tagIfNeeded(engine, image.id, tag)));
}

interface Copying {
  readonly signal: AbortSignal;
  readonly progress: (endpoint: string, sent: number | 'done') => void;
}

async function copy({ source, tag }: ImageCopy, { endpoint, engine }: ImageHost, { signal, progress }: Copying) {
  try {
    const tar = await source.engine.saveImage(tag, signal);
    await engine.loadImage(
      compressIfSlow(tar, (sent) => {
        progress(endpoint, sent);
      }),
      signal,
    );
    progress(endpoint, 'done');
  } catch (error) {
    signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    throw new ImageError(`cannot copy the image from ${source.endpoint} to ${endpoint}: ${message}`, {
      cause: error,
      hint: 'check whether its disk is full: docker system df',
    });
  }
}

async function tagIfNeeded(engine: Engine, id: string, tag: string): Promise<void> {
  if ((await engine.inspectImage(tag))?.id !== id) await engine.tagImage(id, tag);
}

/** Reports `alpha 120 MB of 348 MB, beta done`, at most twice a second. */
function copyProgress(report: Report, size: number): Copying['progress'] {
  const parts = new Map<string, string>();
  let reportedAt = -Infinity;
  return (endpoint, sent) => {
    const part = sent === 'done' ? 'done' : `${formatBytes(Math.min(sent, size))} of ${formatBytes(size)}`;
    parts.set(endpoint, part);
    if (sent !== 'done' && performance.now() - reportedAt < 500) return;
    reportedAt = performance.now();
    const text = [...parts].map(([host, progress]) => `${host} ${progress}`).join(', ');
    report({ type: 'step-progress', id: imageSteps.copy.id, text });
  };
}

/** The caller announces these steps when it starts a run. */
export const imageSteps = {
  base: { id: 'base', title: 'Base image' },
  image: { id: 'image', title: 'Slice image' },
  checkOwn: { id: 'check-ganeti', title: 'Checking your Ganeti' },
  own: { id: 'own-image', title: 'Image with your Ganeti' },
  copy: { id: 'copy', title: 'Copying the image to the other hosts' },
  qa: { id: 'qa-image', title: "Image with Ganeti's QA suite" },
} as const;
