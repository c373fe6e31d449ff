import type { ContainerSummary, Engine } from '../../engine/engine.ts';
import type { EngineProvider } from '../../engine/engine-provider.ts';
import { EngineError, UnreachableError } from '../../errors.ts';
import { isSlice, ofCluster, sliceNumber } from '../../plan/labels.ts';
import type { Plan, PlannedSlice } from '../../plan/plan.ts';
import { findPlan } from '../current-plan.ts';
import type { MissingSlice } from '../availability.ts';

/** The slices of a cluster on all its hosts. */
export interface Gathered {
  /** in order of slice number */
  readonly slices: readonly ContainerSummary[];
  readonly missing: readonly MissingSlice[];
  /** of all slices, in order of slice number; without a readable plan, only of the known slices */
  readonly hosts: readonly Pick<PlannedSlice, 'number' | 'endpoint'>[];
}

/** A host that was searched. */
export interface Visited {
  readonly engine: Engine;
  /** ID that the engine itself reports */
  readonly id: string;
  /** all containers of the cluster on it, including relays */
  readonly containers: readonly ContainerSummary[];
}

export interface Gathering {
  readonly cluster: string;
  readonly connect: EngineProvider['connect'];
  /** endpoints in the host cache, in order of slice number; only read when no known slice has a plan */
  readonly cachedEndpoints: () => Promise<readonly string[]>;
  /** Reads a file of a container on the default engine. */
  readonly readFile: Engine['readFile'];
}

/**
 * Finds the slices of a cluster on all hosts that the plan of a slice or the host cache lists.
 *
 * @param found slices on the default engine
 * @returns also the searched hosts that belong to the cluster
 */
export async function gatherSlices(
  gathering: Gathering,
  found: readonly ContainerSummary[],
): Promise<Gathered & { readonly visited: readonly Visited[] }> {
  const { cluster, connect } = gathering;
  const visits = new Map<string, Promise<Visited | EngineError>>();
  const visit = async (endpoint: string) => {
    const going = visits.get(endpoint) ?? lookAt(connect, endpoint, cluster);
    visits.set(endpoint, going);
    return { endpoint, outcome: await going };
  };
  const finish = async (gathered: Gathered, planned?: Plan) => {
    const outcomes = await Promise.all(visits.values());
    const isHost = (id: string) => planned?.slices.some(({ engine }) => engine === id) ?? true;
    const visited = outcomes.flatMap((one) => (one instanceof EngineError || !isHost(one.id) ? [] : [one]));
    return { ...gathered, visited };
  };

  const plan = (await firstPlan(gathering, found)) ?? (await planFromCache(gathering, visit));
  if (plan === undefined) {
    const cached = await Promise.all((await gathering.cachedEndpoints()).map(visit));
    const all = new Map([...cached.flatMap(({ outcome }) => slicesOf(outcome)), ...found].map((one) => [one.id, one]));
    const slices = inOrder([...all.values()]);
    const missing = cached.flatMap(unreachable);
    const hosts = [
      ...slices.map((slice) => ({ number: sliceNumber(slice), endpoint: slice.name })),
      ...missing.map(({ slice: number, endpoint }) => ({ number, endpoint })),
    ];
    return finish({ slices, missing, hosts });
  }
  const own = new Map(found.map((slice) => [sliceNumber(slice), slice]));
  const places = await Promise.all(
    plan.slices.map(async (planned) => {
      const here = own.get(planned.number);
      return here ?? judge(cluster, planned, (await visit(planned.endpoint)).outcome);
    }),
  );
  const slices = inOrder(places.filter((place) => 'labels' in place));
  const missing = places.flatMap((place) => ('labels' in place ? [] : [place]));
  return finish({ slices, missing, hosts: plan.slices }, plan);
}

type Visit = (endpoint: string) => Promise<VisitResult>;

interface VisitResult {
  readonly endpoint: string;
  readonly outcome: Visited | EngineError;
}

async function lookAt(
  connect: EngineProvider['connect'],
  endpoint: string,
  cluster: string,
): Promise<Visited | EngineError> {
  try {
    const engine = await connect(endpoint);
    const [{ id }, containers] = await Promise.all([engine.describe(), engine.findContainers(ofCluster(cluster))]);
    return { engine, id, containers };
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
}

/** Reads the first plan.  A slice can be partly created and have no plan while another one has. */
async function firstPlan(
  engine: Pick<Gathering, 'readFile'>,
  slices: readonly ContainerSummary[],
): Promise<Plan | undefined> {
  for (const { id } of slices) {
    const plan = await findPlan(engine, id);
    if (plan !== undefined) return plan;
  }
  return undefined;
}

async function planFromCache({ cachedEndpoints }: Gathering, visit: Visit): Promise<Plan | undefined> {
  for (const { outcome } of await Promise.all((await cachedEndpoints()).map(visit))) {
    if (outcome instanceof EngineError) continue;
    const plan = await firstPlan(outcome.engine, slicesOf(outcome));
    // A single-host cluster that now has the same name is a different cluster.
    if (plan !== undefined && plan.overlay !== null) return plan;
  }
  return undefined;
}

function slicesOf(outcome: Visited | EngineError): readonly ContainerSummary[] {
  return outcome instanceof EngineError ? [] : outcome.containers.filter(isSlice);
}

/** Returns the slice if it is where the plan says, otherwise the reason why it is missing. */
function judge(
  cluster: string,
  { number: slice, endpoint, engine }: PlannedSlice,
  outcome: Visited | EngineError,
): ContainerSummary | MissingSlice {
  if (outcome instanceof EngineError) return { slice, endpoint, reason: 'unreachable', ...problemOf(outcome) };
  if (outcome.id !== engine) {
    const hint = `Its ID was ${engine} when the cluster was created, and is now ${outcome.id}: \`docker info\` shows it.`;
    return { slice, endpoint, reason: 'elsewhere', problem: 'now leads to another engine', hint };
  }
  const there = slicesOf(outcome).find((container) => sliceNumber(container) === slice);
  return there ?? { slice, endpoint, reason: 'gone', problem: `no longer has slice ${slice} of cluster ${cluster}` };
}

function unreachable({ endpoint, outcome }: VisitResult, index: number): readonly MissingSlice[] {
  if (!(outcome instanceof EngineError)) return [];
  return [{ slice: index + 1, endpoint, reason: 'unreachable', ...problemOf(outcome) }];
}

function problemOf(error: EngineError): Pick<MissingSlice, 'problem' | 'hint'> {
  return { problem: error instanceof UnreachableError ? error.problem : error.message, hint: error.hint };
}

function inOrder(slices: readonly ContainerSummary[]): readonly ContainerSummary[] {
  return slices.toSorted((a, b) => sliceNumber(a) - sliceNumber(b));
}
