import { X509Certificate } from 'node:crypto';
import type { ContainerSummary, Engine } from '../engine/engine.ts';
import { sliceNumber } from '../plan/labels.ts';
import { nodeDirectory } from '../plan/slice-paths.ts';
import type { Plan } from '../plan/plan.ts';

/** What RAPI proves itself by: a certificate that it has signed itself, the same on whichever node is master. */
export interface RapiCertificate {
  /** PEM */
  readonly certificate: string;
  /** the name in it, which is that of no machine */
  readonly name: string;
}

/** `undefined` while the slice has not made it.  Works on a stopped container, too. */
export async function readRapiCertificate(
  engine: Engine,
  slice: Pick<ContainerSummary, 'name' | 'labels'>,
  plan: Plan,
): Promise<RapiCertificate | undefined> {
  // All nodes have it, but a slice has only its own.
  const node = plan.nodes.find((one) => one.slice === sliceNumber(slice));
  if (node === undefined) return undefined;
  const file = await engine.readFile(slice.name, `${nodeDirectory(plan, node)}/var/lib/ganeti/rapi.pem`);
  // The private key is in the same file; it goes no further than this.
  const certificate = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----\n?/.exec(file?.toString() ?? '')?.[0];
  if (certificate === undefined) return undefined;
  return { certificate, name: /^CN=(.*)$/m.exec(new X509Certificate(certificate).subject)?.[1] ?? '' };
}
