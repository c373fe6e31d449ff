import { dirname, join } from 'node:path';
import type { ClusterRequest } from '../config/parse-cluster-spec.ts';

/** The same request, but its paths, which are relative to the file that they stand in, as this program finds them. */
export function besideFile(request: ClusterRequest, file: string): ClusterRequest {
  if (file === '-') return request;
  const os = request.spec.os.map((path) => (path.startsWith('/') ? path : join(dirname(file), path)));
  return { ...request, spec: { ...request.spec, os } };
}
