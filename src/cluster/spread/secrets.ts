import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { FileToWrite } from '../../engine/engine.ts';
import { slicePaths } from '../../plan/slice-paths.ts';

/**
 * What all slices of a cluster must have in common: the key of their sshd, that of root, and RAPI's password.  It goes into each by the
 * archive API, and is nowhere else.
 */
export async function makeSecrets(): Promise<readonly FileToWrite[]> {
  const [hostKey, rootKey] = await Promise.all([makeKey(), makeKey()]);
  return [
    { path: slicePaths.sshHostKey, content: hostKey, mode: 0o600 },
    { path: slicePaths.sshRootKey, content: rootKey, mode: 0o600 },
    { path: slicePaths.rapiPassword, content: `${randomBytes(18).toString('base64url')}\n`, mode: 0o600 },
  ];
}

/** RSA, of which OpenSSH reads this form; Ganeti needs an RSA key of the host. */
async function makeKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  return privateKey;
}
