const redacted = '(secret)';

/** Names of secret values in `config.data` and in the environment of a container. */
const secretName =
  /pass(word|wd|phrase)?|secret|token|credential|private|hostkeypub|candidate_certs|hmac|(^|_)(api|auth|access)?_?key(_|$)/i;

const pemBlock = /-----BEGIN [^-]+-----[\s\S]*?(-----END [^-]+-----|$)/g;

/** Password digests of RAPI users, and certificate fingerprints: sixteen or more pairs of hexadecimal digits. */
const digests = /\{HA1\}[0-9a-f]+|\b[0-9A-F]{2}(:[0-9A-F]{2}){15,}\b/gi;

/** Credentials in URLs of proxies.  `ssh://` is exempt, because it contains a user name only. */
const userInUrl = /((?<!\bss)\w:\/\/)[^/\s@"]+@/g;

/**
 * Redacts all known secrets, and everything that looks like a key, a certificate or a digest.
 *
 * @param known the secrets of this cluster
 */
export function redactText(text: string, known: ReadonlySet<string>): string {
  let result = text.replace(pemBlock, redacted).replace(digests, redacted).replace(userInUrl, `$1${redacted}@`);
  for (const secret of known) result = result.replaceAll(secret, redacted);
  return result;
}

/** The same data with all non-empty values redacted whose name matches `secretName`. */
export function redactValues(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redactValues);
  if (typeof value !== 'object' || value === null) return value;
  const pairs = Object.entries(value).map(([name, inner]): [string, unknown] => [
    name,
    secretName.test(name) && !isEmpty(inner) ? redacted : redactValues(inner),
  ]);
  return Object.fromEntries(pairs);
}

/** `NAME=VALUE`, with the value redacted if the name matches `secretName`. */
export function redactVariable(variable: string): string {
  const [name = ''] = variable.split('=', 1);
  return secretName.test(name) ? `${name}=${redacted}` : variable;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

const secretFile = /\.(pem|key)$|(^|\/)(cluster-domain-secret|rapi-password|rapi\/users)$/;

/** Whether a file below a node's `var/lib/ganeti` contains secrets.  It is read for them, but not exported. */
export function isSecretFile(name: string): boolean {
  return secretFile.test(name);
}

/** Words of such a file that are long enough to be a secret. */
export function secretsIn(content: string, shortest: number): readonly string[] {
  const words = content.replaceAll(/-----[^-\n]+-----/g, '').split(/[\s{}]+/);
  return words.filter((word) => word.length >= shortest);
}
