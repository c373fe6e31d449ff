const blank = '(secret)';

/** Names of values that are nobody's business, in `config.data` and in the environment of a container. */
const secretName =
  /pass(word|wd|phrase)?|secret|token|credential|private|hostkeypub|candidate_certs|hmac|(^|_)(api|auth|access)?_?key(_|$)/i;

const pemBlock = /-----BEGIN [^-]+-----[\s\S]*?(-----END [^-]+-----|$)/g;

/** Digests of RAPI's users, and fingerprints of certificates: pairs of hexadecimal digits, twenty or more. */
const digests = /\{HA1\}[0-9a-f]+|\b[0-9A-F]{2}(:[0-9A-F]{2}){15,}\b/gi;

/** As proxies have them; in `ssh://` there is never more than a name. */
const userInUrl = /((?<!\bss)\w:\/\/)[^/\s@"]+@/g;

/**
 * Blanks all that is known to be secret, wherever it stands, and whatever looks like a key, a certificate or a digest.
 *
 * @param known the secrets of this cluster, as they are in its files
 */
export function blankText(text: string, known: ReadonlySet<string>): string {
  let blanked = text.replace(pemBlock, blank).replace(digests, blank).replace(userInUrl, `$1${blank}@`);
  for (const secret of known) blanked = blanked.replaceAll(secret, blank);
  return blanked;
}

/** The same data, in which every value with a secret's name is blanked; empty ones stay. */
export function blankValues(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(blankValues);
  if (typeof value !== 'object' || value === null) return value;
  const pairs = Object.entries(value).map(([name, inner]): [string, unknown] => [
    name,
    secretName.test(name) && !isEmpty(inner) ? blank : blankValues(inner),
  ]);
  return Object.fromEntries(pairs);
}

/** `NAME=VALUE`, with the value blanked if the name says that it is secret. */
export function blankVariable(variable: string): string {
  const [name = ''] = variable.split('=', 1);
  return secretName.test(name) ? `${name}=${blank}` : variable;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

const secretFile = /\.(pem|key)$|(^|\/)(cluster-domain-secret|rapi-password|rapi\/users)$/;

/** Whether a file below a node's `var/lib/ganeti` has secrets in it: it is read for them, and left out. */
export function isSecretFile(name: string): boolean {
  return secretFile.test(name);
}

/** Words of such a file, at least so long that they are nothing else. */
export function secretsIn(content: string, shortest: number): readonly string[] {
  const words = content.replaceAll(/-----[^-\n]+-----/g, '').split(/[\s{}]+/);
  return words.filter((word) => word.length >= shortest);
}
