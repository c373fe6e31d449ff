import type { PublishRequest } from '../../config/publish.ts';
import type { Engine } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { runStep } from '../../steps.ts';
import type { Plan } from '../../plan/plan.ts';
import { publishPorts } from '../ports/publish.ts';
import { startRelays } from '../ports/start-relays.ts';
import { wantedPorts } from '../ports/wanted-port.ts';
import { portsStep } from './steps.ts';
import type { Made } from './undo.ts';

export interface UpPorts {
  readonly cluster: string;
  /** the slice's container */
  readonly container: string;
  readonly plan: Plan;
  readonly publish: readonly PublishRequest[];
}

/**
 * Publishes the ports that were asked for, and opens those again that were published before.
 *
 * @returns whether there was anything to do
 */
export async function openPorts(
  engine: Engine,
  { cluster, container, plan, publish }: UpPorts,
  { report, made }: { readonly report: Report; readonly made: Made },
): Promise<boolean> {
  const started = await startRelays(engine, cluster);
  if (publish.length === 0) return started > 0;
  const published = await runStep(report, portsStep, async () => {
    const slice = await engine.inspectContainer(container);
    if (slice === undefined) throw new SliceError(`container ${container} was removed while it started`);
    return publishPorts(engine, { cluster, slice, plan }, wantedPorts(publish, plan), made);
  });
  return started > 0 || published.some((port) => port.made);
}
