import { randomBytes } from 'node:crypto';
import { packEntries } from '../../archive/tar.ts';
import { debianReleases, type GanetiVersion } from '../../config/defaults.ts';
import type { Engine } from '../../engine/engine.ts';
import { ImageError, SliceError } from '../../errors.ts';
import { scratchContainer } from '../../plan/scratch-container.ts';
import { parseShape, type Shape } from '../../shape.ts';
import { type Change, changeShape } from '../changes.ts';
import type { OwnGaneti } from './read-own.ts';

/** What the slice image's own program says about Ganeti of the user (`vcluster_slice/own_ganeti/check.py`). */
export interface OwnFits {
  /** as Ganeti says it: `3.0.2`; of packages whose dependencies are not installed yet, the version of the package */
  readonly ganeti: string;
  /** `packages 3.0.2-3+mine1`, or `tree` */
  readonly source: string;
  /** files of packages to install; null for a tree */
  readonly chosen: readonly string[] | null;
  /** the file of the package with the QA suite */
  readonly suite: string | null;
  /** dependencies that come from the archive */
  readonly missing: readonly string[];
  /** null: not known before the dependencies are installed */
  readonly changes: readonly Change[] | null;
}

interface Answer extends Partial<OwnFits> {
  readonly problems: readonly { readonly message: string; readonly hint?: string | null }[];
  readonly version?: string;
}

const shape = {
  problems: [{ message: 'string', 'hint?': 'string' }],
  ...{ 'ganeti?': 'string', 'version?': 'string', 'source?': 'string', 'suite?': 'string' },
  ...{ 'chosen?': ['string'], 'missing?': ['string'], 'changes?': [changeShape] },
} satisfies Shape;

/** Unpacking packages and starting Python takes seconds. */
const timeoutMs = 120_000;

/**
 * Asks the programs of a slice image, in a container that does nothing else, whether Ganeti of the user fits it.
 *
 * @param image the ordinary slice image of the version of Ganeti
 * @throws {ImageError} saying why it does not fit
 */
export async function checkOwnGaneti(
  engine: Engine,
  own: OwnGaneti,
  { image, ganeti, signal }: { readonly image: string; readonly ganeti: GanetiVersion; readonly signal: AbortSignal },
): Promise<OwnFits> {
  const name = `vcluster-box-look-${randomBytes(6).toString('hex')}`;
  await engine.createContainer(name, scratchContainer(image, ['check-ganeti', own.kind, '/tmp/own']));
  try {
    await engine.writeArchive(name, '/tmp', packEntries(own.entries('own')), signal);
    await engine.startContainer(name);
    return toFits(await readAnswer(engine, name, signal), own, ganeti);
  } finally {
    await engine.removeContainer(name);
  }
}

async function readAnswer(engine: Engine, container: string, signal: AbortSignal): Promise<Answer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const lines: string[] = [];
  const together = AbortSignal.any([signal, timeout]);
  for await (const { text } of engine.followLogs(container, { follow: true, signal: together })) {
    const answer = text.startsWith('{') ? parseShape(text, shape) : undefined;
    if (answer === undefined) lines.push(text);
    else if ('problem' in answer) lines.push(answer.problem);
    else return answer.value as Answer;
  }
  signal.throwIfAborted();
  const why = timeout.aborted ? `did not end within ${timeoutMs / 1000} s` : 'failed';
  throw new SliceError(`the check of your Ganeti in the slice image ${why}`, { output: lines.slice(-15) });
}

function toFits({ problems, version = '', ...answer }: Answer, own: OwnGaneti, ganeti: GanetiVersion): OwnFits {
  const [first, ...others] = problems;
  if (first === undefined) {
    const unknown = { ganeti: version, source: own.kind, chosen: null, suite: null, missing: [], changes: null };
    return { ...unknown, ...answer };
  }
  const fits = version === '' || series(version) === ganeti;
  const is = fits ? '' : `Ganeti ${version} does not fit --ganeti ${ganeti}: `;
  throw new ImageError(`--${own.kind} ${own.from}: ${is}${first.message}`, {
    output: others.map(({ message }) => message),
    hint: first.hint ?? releaseHint(version, ganeti),
  });
}

function releaseHint(version: string, ganeti: GanetiVersion): string {
  const fitting = Object.entries(debianReleases).find(([each]) => each === series(version) && each !== ganeti);
  const build = `build it on Debian ${debianReleases[ganeti]}`;
  if (fitting === undefined) return build;
  return `use --ganeti ${fitting[0]}, whose image is Debian ${fitting[1]}, or ${build}`;
}

function series(version: string): string | undefined {
  return /^\d+\.\d+/.exec(version)?.[0];
}
