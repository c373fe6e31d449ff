import type { Engine } from '../../engine/engine.ts';
import { VclusterError } from '../../errors.ts';
import type { Check } from './check.ts';
import { engineChecks } from './engine-checks.ts';
import { imageChecks } from './image-checks.ts';
import { machineChecks } from './machine-checks.ts';
import { localFacts, type LocalFiles } from './machine-facts.ts';
import { probeMachine } from './probe.ts';
import { registryCheck } from './registry-check.ts';

/** Looks at all that clusters need, and goes on where something is not as it should be. */
export async function examine(connect: () => Promise<Engine>, files: LocalFiles): Promise<readonly Check[]> {
  const engine = await attempt('engine', connect);
  if ('level' in engine) return [engine];
  const info = await attempt('engine', engine.describe);
  if ('level' in info) return [info];
  const local = engine.endpoint.startsWith('unix:') ? await localFacts(files, info.rootDirectory) : {};
  const probed = await attempt('container', () => probeMachine(engine));
  const images = await imageChecks(engine);
  return [
    ...engineChecks(info, engine.endpoint),
    ...('level' in probed ? [probed, ...machineChecks(local)] : machineChecks({ ...local, ...probed })),
    await registryCheck(
      engine,
      images.some(({ level }) => level !== 'ok'),
    ),
    ...images,
  ];
}

/** What is foreseen to go wrong is a finding, too. */
async function attempt<T>(name: string, run: () => Promise<T>): Promise<T | Check> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof VclusterError)) throw error;
    const found = [error.message, ...error.output].join('\n');
    return { name, level: 'fail', found, ...(error.hint !== undefined && { remedy: error.hint }) };
  }
}
