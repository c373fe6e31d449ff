import type { Engine, FileToWrite } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import type { PlannedSlice } from '../../plan/plan.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { runSliceCommand } from '../node/run-slice-command.ts';
import { onAllHosts, type SliceHost } from '../up/hosts.ts';

/** The hosts that a cluster already has. */
type Peers = readonly [SliceHost, ...SliceHost[]];

/**
 * Adds a slice to the plans of the others, now and for every later start.  The first slice comes last: it is the one
 * whose plan is read, so that a slice in its plan is in all plans.
 *
 * @throws {SliceError} of the first slice that fails
 */
export async function addPeer([first, ...others]: Peers, payload: PlannedSlice): Promise<void> {
  for (const hosts of [others, [first]]) {
    await onAllHosts(hosts, ({ engine, container }) =>
      runSliceCommand(engine, container, { command: 'add-peer', payload }, () => undefined),
    );
  }
}

/**
 * Verifies the network from each host to the new one, which has verified the other direction.
 *
 * @throws {SliceError} naming the pair of hosts, and what is wrong
 */
export async function verifyPeer(
  peers: Peers,
  { number }: PlannedSlice,
  onProgress: (text: string) => void,
): Promise<void> {
  await onAllHosts(peers, ({ engine, container }) =>
    runSliceCommand(engine, container, { command: 'verify-peer', payload: { number } }, ({ text }) => {
      if (text !== undefined) onProgress(text);
    }),
  );
}

/**
 * Removes a slice from the plans of the others.  Failures are warnings: the user must see the error that came before.
 */
export async function removePeer(
  [first, ...others]: Peers,
  { number, engine: id, endpoint }: PlannedSlice,
  report: Report,
): Promise<void> {
  const request = { command: 'remove-peer', payload: { number, engine: id } } as const;
  const remove = async ({ engine, container, endpoint: peer }: SliceHost) => {
    try {
      await runSliceCommand(engine, container, request, () => undefined);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `host ${peer}: its slice still has ${endpoint} (slice ${number}) in its plan: ${why}`;
      report({ type: 'warning', message, hint: 'a later `node add --host` of the same host corrects it' });
    }
  };
  for (const hosts of [[first], others]) await Promise.all(hosts.map(remove));
}

/**
 * Reads what all slices of a cluster have in common: keys, and RAPI's password.
 *
 * @throws {SliceError} when one is missing
 */
export async function readSharedFiles({ engine, container }: SliceHost): Promise<readonly FileToWrite[]> {
  const all = [slicePaths.sshHostKey, slicePaths.sshRootKey, slicePaths.rapiPassword];
  return Promise.all(
    all.map(async (path) => {
      const content = await engine.readFile(container, path);
      if (content === undefined) throw new SliceError(`container ${container} lacks ${path}, which all slices share`);
      return { path, content, mode: 0o600 };
    }),
  );
}

/** Copies the user's OS definitions from one running slice to another. */
export async function copyDefinitions(
  from: { readonly engine: Engine; readonly container: string },
  to: { readonly engine: Engine; readonly container: string },
  signal: AbortSignal,
): Promise<void> {
  const path = slicePaths.osDefinitions;
  if ((await from.engine.inspectPath(from.container, path))?.type !== 'directory') return;
  const tar = await from.engine.readArchive(from.container, path, signal);
  await to.engine.writeArchive(to.container, path.slice(0, path.lastIndexOf('/')), tar, signal);
}
