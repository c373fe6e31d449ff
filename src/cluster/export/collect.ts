import { posix } from 'node:path';
import { readEntries } from '../../archive/tar.ts';
import type { Engine, LogLine } from '../../engine/engine.ts';
import { sliceNumber } from '../../plan/labels.ts';
import type { Plan } from '../../plan/plan.ts';
import { nodeDirectory, slicePaths } from '../../plan/slice-paths.ts';
import type { Cluster } from '../find.ts';
import { describeMissing } from '../availability.ts';
import { parsePlan } from '../current-plan.ts';
import { collectRunning } from './collect-running.ts';
import { type Attempt, type Missing, readLog, readWhole, type SliceExport, storeIn } from './slice-export.ts';
import { redactText, redactValues, redactVariable, isSecretFile, secretsIn } from './secrets.ts';

export interface ExportContents {
  /** by path in the export; without secrets */
  readonly files: ReadonlyMap<string, string>;
  readonly missing: readonly Missing[];
  /** the cluster's secrets, to remove them from everything else that is written */
  readonly secrets: ReadonlySet<string>;
}

/**
 * Collects everything that a bug report needs from a cluster in any state, and lists what is unavailable.
 *
 * @throws the signal's reason when it aborts
 */
export async function collectExport(engine: Engine, cluster: Cluster, signal: AbortSignal): Promise<ExportContents> {
  const files = new Map<string, string>();
  const secrets = new Set<string>();
  const missing: Missing[] = [];
  const store = storeIn(files, missing);
  const attempt: Attempt = async (what, run) => {
    try {
      signal.throwIfAborted();
      const content = await run();
      if (content !== undefined) store(what, content);
    } catch (error) {
      signal.throwIfAborted();
      missing.push({ what, why: error instanceof Error ? error.message : String(error) });
    }
  };
  const folderOf = (number: number) => `slice${number}/`;
  for (const lost of cluster.missing) missing.push({ what: folderOf(lost.slice), why: describeMissing(lost) });
  const collectFrom = async ({ name: container, state, labels }: Cluster['slices'][number]) => {
    const number = sliceNumber({ labels });
    const folder = folderOf(number);
    const slice: SliceExport = { engine, container, folder, files, store, missing, secrets, signal, attempt };
    const plan = await collectStopped(slice, number);
    if (state === 'running') await collectRunning(slice, plan);
    else
      missing.push({
        what: `${folder}processes and output of Ganeti's commands`,
        why: `the container is not running (${state})`,
      });
  };
  // In parallel: hosts can be slow to reach, and after a failed `up` the export has little time.
  await Promise.all(cluster.slices.map(collectFrom));
  return {
    files: new Map(
      [...files]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([path, content]) => [path, redactText(content, secrets)]),
    ),
    missing: missing.map(({ what, why }) => ({ what, why: redactText(why, secrets) })),
    secrets,
  };
}

/** Everything that is available from a stopped slice, too. */
async function collectStopped(slice: SliceExport, number: number): Promise<Plan | undefined> {
  await collectSlice(slice);
  const plan = parsePlan(slice.files.get(`${slice.folder}plan.json`) ?? '');
  if (plan === undefined) return undefined;
  for (const node of plan.nodes) if (node.slice === number) await collectNode(slice, plan, node.names[0] ?? '');
  return plan;
}

async function collectSlice(slice: SliceExport): Promise<void> {
  const { engine, container, folder, secrets, signal, attempt } = slice;
  const read = async (path: string) => {
    const content = await engine.readFile(container, path);
    if (content === undefined) throw new Error(`${path} does not exist`);
    return content.toString();
  };
  await attempt(`${folder}rapi-password`, async () => {
    const password = await engine.readFile(container, slicePaths.rapiPassword);
    for (const secret of secretsIn(password?.toString() ?? '', 4)) secrets.add(secret);
    return undefined;
  });
  await attempt(`${folder}plan.json`, () => read(slicePaths.plan));
  await attempt(`${folder}hosts`, () => read('/etc/hosts'));
  await attempt(`${folder}container.json`, async () => toJson(redactEnvironment(await engine.inspectRaw(container))));
  await attempt(`${folder}slice.log`, async () => {
    return readLog(slice, `${folder}slice.log`, lineBytes(engine.followLogs(container, { follow: false, signal })));
  });
}

async function* lineBytes(log: AsyncIterable<LogLine>): AsyncGenerator<Buffer> {
  for await (const { text } of log) yield Buffer.from(`${text}\n`);
}

function redactEnvironment(details: unknown): unknown {
  const { Config, ...rest } = details as { readonly Config?: { readonly Env?: readonly string[] | null } };
  return { ...rest, Config: { ...Config, Env: (Config?.Env ?? []).map(redactVariable) } };
}

/** A node's configuration and logs.  Files with secrets are only read, to find the secrets in everything else. */
async function collectNode(slice: SliceExport, plan: Plan, name: string): Promise<void> {
  const { engine, container, folder, store, secrets, signal, attempt } = slice;
  const directory = nodeDirectory(plan, { names: [name] });
  const eachFile = async (path: string, take: (file: string, body: AsyncIterable<Buffer>) => Promise<void>) => {
    for await (const { name: file, body } of readEntries(await engine.readArchive(container, `${path}/.`, signal))) {
      if (body === undefined) continue;
      await take(file.replace(/^(\.\/)+/, ''), body);
      body.resume();
    }
    return undefined;
  };
  await attempt(`${folder}nodes/${name}/configuration`, () =>
    eachFile(posix.join(directory, 'var/lib/ganeti'), async (file, body) => {
      if (isSecretFile(file))
        for (const secret of secretsIn(await readWhole(body), file.endsWith('users') ? 6 : 12)) secrets.add(secret);
      else if (file === 'config.data') {
        const content = await readWhole(body);
        // If this file is invalid, the secrets in the following files must still be read.
        await attempt(`${folder}nodes/${name}/config.data.json`, () =>
          Promise.resolve(toJson(redactValues(JSON.parse(content)))),
        );
      } else if (/^ssconf_[^/]*$/.test(file) && !file.endsWith('_certs')) {
        store(`${folder}nodes/${name}/ssconf/${file}`, await readWhole(body));
      }
    }),
  );
  await attempt(`${folder}nodes/${name}/logs`, () =>
    eachFile(posix.join(directory, 'var/log/ganeti'), async (file, body) => {
      const path = `${folder}nodes/${name}/log/${file}`;
      store(path, await readLog(slice, path, body));
    }),
  );
}

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
