import { findClusters, findCluster } from '../../cluster/find.ts';
import { readPlan } from '../../cluster/living-plan.ts';
import { fleetOf } from '../../cluster/fleet/fleet.ts';
import type { Engine } from '../../engine/engine.ts';
import { listImages } from '../../image/list-images.ts';
import type { Source, Suggestion } from './wish.ts';

export interface LiveQuestion {
  /** see `findCluster` */
  readonly cluster: string | undefined;
  /** what is typed of the value */
  readonly word: string;
}

/** Values that the engine knows of; none of what the shell must find itself. */
export async function liveValues(engine: Engine, source: Source, asked: LiveQuestion): Promise<readonly Suggestion[]> {
  switch (source) {
    case 'clusters':
      return clusters(engine);
    case 'nodes':
      return nodes(engine, asked, '');
    case 'nodes:':
      return asked.word.includes(':') ? [] : nodes(engine, asked, ':');
    case 'images':
      return (await listImages(engine)).flatMap(({ tag, kind }) =>
        tag === undefined ? [] : [{ value: tag, about: kind }],
      );
    case 'files':
      return [];
  }
}

/** Of those on other hosts no more is told than hints do: to ask there would take too long. */
async function clusters(engine: Engine): Promise<readonly Suggestion[]> {
  const here = await findClusters(engine);
  const elsewhere = ((await fleetOf(engine)?.hinted()) ?? []).filter((name) => !here.some((one) => one.name === name));
  return [
    ...here.map(({ name, slices }) => ({ value: name, about: slices[0].state })),
    ...elsewhere.map((name) => ({ value: name, about: 'on other hosts' })),
  ];
}

/** Short names, unless a full one is being typed. */
async function nodes(engine: Engine, { cluster, word }: LiveQuestion, end: string): Promise<readonly Suggestion[]> {
  // The plan of any slice has all nodes, so that one which is here will do.
  const here = (await findClusters(engine)).find(({ name }) => name === cluster);
  const plan = await readPlan(engine, here ?? (await findCluster(engine, cluster)));
  return plan.nodes.map(({ names, address }) => {
    const name = (word.includes('.') ? names[0] : names.at(-1)) ?? '';
    return { value: `${name}${end}`, about: address };
  });
}
