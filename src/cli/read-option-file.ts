import { createReadStream } from 'node:fs';
import type { OptionFile } from '../config/problems.ts';
import { systemReason, UsageError } from '../errors.ts';
import type { CliEnvironment } from './context.ts';

/** Ten times the size of a file with all options of a thousand nodes. */
const maxBytes = 2 ** 20;

/**
 * Reads a configuration file.
 *
 * @param name `-` is standard input
 * @throws {UsageError} when it cannot be read, or is not YAML
 */
export async function readOptionFile(name: string, { stdin }: Pick<CliEnvironment, 'stdin'>): Promise<OptionFile> {
  const source = name === '-' ? 'stdin' : name;
  const bytes = await readBytes(name === '-' ? stdin() : createReadStream(name), source);
  const { readYaml } = await import('../config/read-yaml.ts');
  return readYaml(decode(bytes, source), source);
}

async function readBytes(stream: NodeJS.ReadableStream, source: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      chunks.push(bytes);
      size += bytes.length;
      if (size > maxBytes) break;
    }
  } catch (error) {
    const reason = error instanceof Error ? (systemReason(error) ?? error.message) : String(error);
    throw new UsageError(`${source} cannot be read: ${reason}`, {
      hint: '`vcluster-box config init FILE` writes a file to start from',
    });
  }
  if (size > maxBytes) throw new UsageError(`${source} is larger than 1 MiB, the limit for configuration files`);
  return Buffer.concat(chunks);
}

function decode(bytes: Buffer, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError(`${source} is not valid UTF-8`, { cause });
  }
}
