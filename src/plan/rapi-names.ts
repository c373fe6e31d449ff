/** `constants.X509_CERT_CN`: what Ganeti calls itself in every certificate that it makes. */
const ganetiName = 'ganeti.example.com';

interface Reach {
  readonly cluster: { readonly names: readonly string[]; readonly address: string };
  /** of slices' containers, by which those on their network reach them; where RAPI is published */
  readonly names?: readonly (string | undefined)[];
}

/**
 * The names and addresses that clients may know RAPI by, all of which its certificate is to hold; the first is its subject.
 *
 * Ganeti's own certificate has only that first one, as its common name, which many clients no longer look at: Go and Python refuse it by any
 * address.
 */
export function rapiNames({ cluster, names = [] }: Reach): readonly string[] {
  const here = ['localhost', '127.0.0.1', '::1'];
  const elsewhere = names.flatMap((name) => (name === undefined || /^[0.:]+$/.test(name) ? [] : [name]));
  return [...new Set([ganetiName, ...cluster.names, ...here, cluster.address, ...elsewhere])];
}
