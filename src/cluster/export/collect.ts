import { posix } from 'node:path';
import { text } from 'node:stream/consumers';
import { readEntries } from '../../archive/tar.ts';
import type { Engine } from '../../engine/engine.ts';
import { sliceNumber } from '../../plan/labels.ts';
import type { Plan } from '../../plan/plan.ts';
import { nodeDirectory, slicePaths } from '../../plan/slice-paths.ts';
import { collect, followMaster } from '../exec.ts';
import type { Cluster } from '../find.ts';
import { describeMissing } from '../availability.ts';
import { parsePlan } from '../current-plan.ts';
import { redactText, redactValues, redactVariable, isSecretFile, secretsIn } from './secrets.ts';

export interface ExportContents {
  /** by path in the export; without secrets */
  readonly files: ReadonlyMap<string, string>;
  /** what could not be collected, and why */
  readonly missing: readonly { readonly what: string; readonly why: string }[];
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
  const missing: { what: string; why: string }[] = [];
  const attempt: Attempt = async (what, run) => {
    try {
      signal.throwIfAborted();
      const content = await run();
      if (content !== undefined) files.set(what, content);
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
    const slice: SliceExport = { engine, container, folder, files, secrets, signal, attempt };
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

async function collectSlice({ engine, container, folder, secrets, signal, attempt }: SliceExport): Promise<void> {
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
    const lines: string[] = [];
    for await (const { text: line } of engine.followLogs(container, { follow: false, signal })) lines.push(`${line}\n`);
    return lines.join('');
  });
}

function redactEnvironment(details: unknown): unknown {
  const { Config, ...rest } = details as { readonly Config?: { readonly Env?: readonly string[] | null } };
  return { ...rest, Config: { ...Config, Env: (Config?.Env ?? []).map(redactVariable) } };
}

/** A node's configuration and logs.  Files with secrets are only read, to find the secrets in everything else. */
async function collectNode(slice: SliceExport, plan: Plan, name: string): Promise<void> {
  const { engine, container, folder, files, secrets, signal, attempt } = slice;
  const directory = nodeDirectory(plan, { names: [name] });
  const eachFile = async (path: string, take: (file: string, read: () => Promise<string>) => Promise<void>) => {
    for await (const { name: file, body } of readEntries(await engine.readArchive(container, `${path}/.`, signal))) {
      if (body === undefined) continue;
      await take(file.replace(/^(\.\/)+/, ''), () => text(body));
      body.resume();
    }
    return undefined;
  };
  await attempt(`${folder}nodes/${name}/configuration`, () =>
    eachFile(posix.join(directory, 'var/lib/ganeti'), async (file, read) => {
      if (isSecretFile(file))
        for (const secret of secretsIn(await read(), file.endsWith('users') ? 6 : 12)) secrets.add(secret);
      else if (file === 'config.data') {
        const content = await read();
        // If this file is invalid, the secrets in the following files must still be read.
        await attempt(`${folder}nodes/${name}/config.data.json`, () =>
          Promise.resolve(toJson(redactValues(JSON.parse(content)))),
        );
      } else if (/^ssconf_[^/]*$/.test(file) && !file.endsWith('_certs')) {
        files.set(`${folder}nodes/${name}/ssconf/${file}`, await read());
      }
    }),
  );
  await attempt(`${folder}nodes/${name}/logs`, () =>
    eachFile(posix.join(directory, 'var/log/ganeti'), async (file, read) => {
      files.set(`${folder}nodes/${name}/log/${file}`, await read());
    }),
  );
}

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** A broken cluster possibly never answers. */
const timeoutMs = 15_000;

const questions: Readonly<Record<string, readonly string[]>> = {
  'gnt-node-list.txt': ['gnt-node', 'list'],
  'gnt-instance-list.txt': ['gnt-instance', 'list'],
  'gnt-job-list.txt': ['gnt-job', 'list'],
};

/** Everything that is available only from a running slice. */
async function collectRunning(slice: SliceExport, plan: Plan | undefined): Promise<void> {
  const { attempt, folder } = slice;
  const commands: Record<string, readonly string[]> = {
    'processes.txt': ['ps', '-ef', '--forest'],
    'status.json': [slicePaths.program, 'status'],
  };
  const first = plan?.nodes.find((node) => node.slice === plan.slice);
  if (plan !== undefined && first !== undefined) {
    const cmd = `${nodeDirectory(plan, first)}/cmd`;
    for (const [file, argv] of Object.entries(questions)) commands[file] = [cmd, ...argv];
  }
  // In parallel: otherwise commands that never answer would use up the time limit of the export.
  await Promise.all(
    Object.entries(commands).map(([file, argv]) => attempt(`${folder}${file}`, () => ask(slice, argv))),
  );
}

/** The output of a command.  A failure throws with its output as the message. */
async function ask({ engine, container, signal }: SliceExport, argv: readonly string[]): Promise<string> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const command = { argv, env: followMaster, signal: AbortSignal.any([signal, limit]) };
    const { status, stdout, stderr } = await collect((streams) => engine.exec(container, command, streams));
    if (status === 0) return stdout;
    throw new Error(`exit status ${status}: ${`${stdout}${stderr}`.trim()}`);
  } catch (error) {
    if (!limit.aborted) throw error;
    throw new Error(`no answer within ${timeoutMs / 1000} s`, { cause: error });
  }
}

/** Stores the result under that path, or records why it is missing. */
export type Attempt = (what: string, run: () => Promise<string | undefined>) => Promise<void>;

interface SliceExport {
  readonly engine: Engine;
  readonly container: string;
  /** folder of its files in the export: `slice2/` */
  readonly folder: string;
  /** by path in the export; still with secrets */
  readonly files: Map<string, string>;
  readonly secrets: Set<string>;
  readonly signal: AbortSignal;
  readonly attempt: Attempt;
}
