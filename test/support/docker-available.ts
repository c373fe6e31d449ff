import { homedir } from 'node:os';
import { env, getuid } from 'node:process';
import type { Engine } from '../../src/engine/engine.ts';
import { connectEngine, locateEngine } from '../../src/engine/locate/connect-engine.ts';

const surroundings = { env, home: homedir(), uid: getuid?.() ?? 0 };

/** Under `REQUIRE_DOCKER=1` nothing is skipped: what a test needs and has not got lets it fail. */
export const nothingSkipped = env['REQUIRE_DOCKER'] === '1';

/** Whether tests that need an engine are run. */
export const dockerAvailable = nothingSkipped || (await locateEngine(surroundings)).engine !== undefined;

/** The engine that vcluster-box itself would use. */
export function testEngine(): Promise<Engine> {
  return connectEngine(surroundings);
}
