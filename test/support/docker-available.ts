import { homedir } from 'node:os';
import { env, getuid } from 'node:process';
import type { Engine } from '../../src/engine/engine.ts';
import { createEngineProvider } from '../../src/engine/locate/connect-engine.ts';

const engines = createEngineProvider({ env, home: homedir(), uid: getuid?.() ?? 0 });

/** With `REQUIRE_DOCKER=1`, no test is skipped: a test fails if something that it needs is missing. */
export const nothingSkipped = env['REQUIRE_DOCKER'] === '1';

/** Whether to run the tests that need an engine. */
export const dockerAvailable =
  nothingSkipped ||
  (await engines.engine().then(
    () => true,
    () => false,
  ));

/** The engine that vcluster-box itself would use. */
export function testEngine(): Promise<Engine> {
  return engines.engine();
}
