import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import type { DockerOptions } from 'dockerode';
import { EngineError } from '../../errors.ts';
import type { TlsFiles } from './surroundings.ts';

/** @throws {EngineError} when a file is there but cannot be read */
export async function tlsOptions({ directory, verify }: TlsFiles): Promise<DockerOptions & { readonly agent?: Agent }> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readIfThere(`${directory}/${name}`)),
  );
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(!verify && { agent: new Agent({ rejectUnauthorized: false }) }),
  };
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new EngineError(`cannot read ${path}`, { cause });
  }
}
