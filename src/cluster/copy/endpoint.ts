import { UsageError } from '../../errors.ts';

/** One side of a copy, as it was given. */
export type Endpoint =
  | { readonly type: 'node'; readonly node: string; readonly path: string }
  | { readonly type: 'local'; readonly path: string }
  /** stdin or stdout, as a tar stream */
  | { readonly type: 'stream' };

/** `NODE:PATH`, a local path, or `-`.  What has a slash before its first colon is local: `./a:b`. */
function parseEndpoint(text: string): Endpoint {
  if (text === '-') return { type: 'stream' };
  const [, node, path] = /^([^/:]+):(.*)$/s.exec(text) ?? [];
  if (node !== undefined && path !== undefined) return { type: 'node', node, path };
  if (text === '') throw new UsageError('an empty name is no file');
  return { type: 'local', path: text };
}

/** @throws {UsageError} when none of the two is in a cluster */
export function parseEndpoints(source: string, destination: string): readonly [Endpoint, Endpoint] {
  const both = [parseEndpoint(source), parseEndpoint(destination)] as const;
  if (both.some(({ type }) => type === 'node')) return both;
  throw new UsageError('neither SRC nor DST is on a node', {
    hint: 'write NODE:PATH for the one that is: vcluster-box cp node1:etc/ganeti ./etc',
  });
}
