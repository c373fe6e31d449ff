import { homedir } from 'node:os';
import { env, getuid } from 'node:process';
import type { Engine } from '../../src/engine/engine.ts';
import { connectEngine, locateEngine } from '../../src/engine/locate/connect-engine.ts';

const surroundings = { env, home: homedir(), uid: getuid?.() ?? 0 };

/** Whether tests that need an engine are run.  Under `REQUIRE_DOCKER=1` they are, and fail where there is none. */
export const dockerAvailable = env['REQUIRE_DOCKER'] === '1' || (await locateEngine(surroundings)).engine !== undefined;

/** The engine that vcluster-box itself would use. */
export function testEngine(): Promise<Engine> {
  return connectEngine(surroundings);
}
