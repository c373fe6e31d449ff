import type { Engine } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import { formatBytes } from '../../format.ts';

/** Stores the result under that path, or records why it is missing. */
export type Attempt = (what: string, run: () => Promise<string | undefined>) => Promise<void>;

/** What could not be collected, and why. */
export interface Missing {
  readonly what: string;
  readonly why: string;
}

type Store = (path: string, content: string) => void;

/** The part of an export that comes from one slice.  It is held in memory, so it is limited. */
export interface SliceExport {
  readonly engine: Engine;
  readonly container: string;
  /** folder of its files in the export: `slice2/` */
  readonly folder: string;
  /** by path in the export; still with secrets */
  readonly files: ReadonlyMap<string, string>;
  readonly store: Store;
  readonly missing: Missing[];
  readonly secrets: Set<string>;
  readonly signal: AbortSignal;
  readonly attempt: Attempt;
}

/** Of all files, because they are held in memory: secrets that are found in one are redacted in all. */
const maxExportLength = 256 * 2 ** 20;
/** Of each log; the last part of it. */
const maxLogBytes = 8 * 2 ** 20;

/** Keeps a file while there is room; otherwise it is listed as missing. */
export function storeIn(files: Map<string, string>, missing: Missing[]): Store {
  let length = 0;
  return (path, content) => {
    if (length + content.length > maxExportLength) {
      missing.push({ what: path, why: `the export already has ${formatBytes(length)}` });
      return;
    }
    length += content.length;
    files.set(path, content);
  };
}

/** The last part of a log.  If that is not all, the rest is listed as missing. */
export async function readLog({ missing }: SliceExport, path: string, body: AsyncIterable<Buffer>): Promise<string> {
  const { text, size } = await readLast(body, maxLogBytes);
  if (size > maxLogBytes) {
    missing.push({ what: `the beginning of ${path}`, why: `it has ${formatBytes(size)}` });
  }
  return text;
}

/** More than any file of a working cluster has. */
const maxFileBytes = 64 * 2 ** 20;

/** @throws {SliceError} when it is too large for an export */
export async function readWhole(body: AsyncIterable<Buffer>): Promise<string> {
  const { text, size } = await readLast(body, maxFileBytes);
  if (size > maxFileBytes) throw new SliceError(`it has ${formatBytes(size)}`);
  return text;
}

/** The whole lines among the last bytes, and the size of it all. */
async function readLast(body: AsyncIterable<Buffer>, bytes: number): Promise<{ text: string; size: number }> {
  const parts: Buffer[] = [];
  let [size, kept] = [0, 0];
  for await (const part of body) {
    parts.push(part);
    size += part.length;
    kept += part.length;
    for (let [first] = parts; first !== undefined && kept - first.length >= bytes; [first] = parts) {
      kept -= first.length;
      parts.shift();
    }
  }
  const last = Buffer.concat(parts).subarray(-bytes);
  if (size <= bytes) return { text: last.toString(), size };
  const lineEnd = last.indexOf('\n');
  // Half a line can begin with half a secret, which would not be recognized.
  return { text: lineEnd === -1 ? '' : last.subarray(lineEnd + 1).toString(), size };
}
