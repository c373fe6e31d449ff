import type { Engine } from '../../engine/engine.ts';
import { VclusterError } from '../../errors.ts';
import type { Check } from './check.ts';
import { engineChecks } from './engine-checks.ts';
import { imageChecks } from './image-checks.ts';
import { machineChecks } from './machine-checks.ts';
import { localFacts, type LocalFiles } from './machine-facts.ts';
import { probeMachine } from './probe.ts';

/** Looks at all that clusters need, and goes on where something is not as it should be. */
export async function examine(connect: () => Promise<Engine>, files: LocalFiles): Promise<readonly Check[]> {
  try {
    return await examineEngine(await connect(), files);
  } catch (error) {
    if (!(error instanceof VclusterError)) throw error;
    const found = [error.message, ...error.output].join('\n');
    return [{ name: 'engine', level: 'fail', found, ...(error.hint !== undefined && { remedy: error.hint }) }];
  }
}

async function examineEngine(engine: Engine, files: LocalFiles): Promise<readonly Check[]> {
  const info = await engine.describe();
  const local = engine.endpoint.startsWith('unix:') ? await localFacts(files, info.rootDirectory) : {};
  const facts = { ...local, ...(await probeMachine(engine)) };
  return [...engineChecks(info, engine.endpoint), ...machineChecks(facts), ...(await imageChecks(engine))];
}
