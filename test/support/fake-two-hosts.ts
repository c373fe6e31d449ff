import type { FakeEngine } from './fake-engine.ts';
import { fakeEngine } from './fake-engine.ts';
import type { FakeState } from './fake-state.ts';
import { multiHostCluster } from './fake-multi-host-cluster.ts';

export const alpha = 'ssh://ops@alpha';
export const beta = 'ssh://ops@beta';

/** Two hosts with two and one nodes; answers are indexed by the number of the slice. */
export function twoHosts(
  answer: (slice: number, argv: readonly string[]) => string = () => '',
  state: Partial<FakeState> = {},
) {
  const engine = (slice: number): Partial<FakeState> => ({
    onExec: (_container, { argv }, { stdout }) => {
      stdout.write(answer(slice, argv));
      return 0;
    },
    ...state,
  });
  const hosts = multiHostCluster('demo', [
    { endpoint: alpha, nodes: 2, engine: engine(1) },
    { endpoint: beta, nodes: 1, engine: engine(2) },
  ]);
  const { [alpha]: first = fakeEngine(), [beta]: second = fakeEngine() } = hosts;
  return { hosts, first, second };
}

/** The executed commands, in order. */
export const execs = (engine: FakeEngine) => engine.execs().map(({ command }) => command.argv);
/** Containers of each host. */
export const states = (...engines: FakeEngine[]) =>
  engines.map(({ state }) => state.containers.map((one) => one.state));
