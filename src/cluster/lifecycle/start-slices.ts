import type { ContainerDetails, Engine } from '../../engine/engine.ts';
import type { Report } from '../../events.ts';
import { runStep, type StepName } from '../../steps.ts';
import { sliceNumber } from '../../plan/labels.ts';
import type { Cluster } from '../find.ts';
import { engineOf } from '../fleet/fleet.ts';
import { startRelays } from '../ports/start-relays.ts';
import { startAgain } from '../up/start-again.ts';
import { bootSteps } from '../up/steps.ts';
import { requireAnswer, waitReady } from '../up/wait-ready.ts';

interface Starting {
  readonly report: Report;
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
}

/** Starts the slices of a cluster of several side by side, for each waits for the others; then waits until all answer. */
export async function startSlices(
  engine: Engine,
  cluster: Cluster,
  slices: readonly ContainerDetails[],
  { report, ...patience }: Starting,
): Promise<void> {
  const steps = slices.map((slice) => ({ slice, step: stepOf(cluster, slice) }));
  report({ type: 'run-started', title: `Starting ${cluster.name}`, steps: steps.map(({ step }) => step) });
  try {
    await Promise.all(
      steps.map(({ slice, step }) =>
        runStep(report, step, async () => {
          if (slice.state !== 'running') await startAgain(engineOf(engine, slice.name), cluster.name, slice);
          await waitReady(engine, slice.name, { ...patience, report: within(report, step), steps: bootSteps });
          await requireAnswer(engine, slice.name, cluster.name);
        }),
      ),
    );
    await startRelays(engine, cluster.name);
  } finally {
    report({ type: 'run-ended' });
  }
}

function stepOf({ hosts }: Cluster, slice: ContainerDetails): StepName {
  const number = sliceNumber(slice);
  const host = hosts?.find((one) => one.number === number)?.endpoint ?? '';
  return { id: `slice-${number}`, title: `Starting the nodes on ${host}` };
}

/** What one of several slices tells is how far its step is. */
function within(report: Report, { id }: StepName): Report {
  return (event) => {
    if (event.type === 'warning') report(event);
    else if (event.type === 'step-started') report({ type: 'step-progress', id, text: event.title });
    else if (event.type === 'step-progress') report({ type: 'step-progress', id, text: event.text });
  };
}
