import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { FileToWrite } from '../../engine/engine.ts';
import { slicePaths } from '../../plan/slice-paths.ts';

/**
 * What all slices of a cluster must have in common: the keys of sshd and of root, and RAPI's password.  They go into
 * each container through the archive API, and exist nowhere else.  A cluster on one host generates its own.
 *
 * @param hosts how many it has
 */
export async function createSharedKeys(hosts: number): Promise<readonly FileToWrite[]> {
  if (hosts === 1) return [];
  const [hostKey, rootKey] = await Promise.all([createKey(), createKey()]);
  return [
    { path: slicePaths.sshHostKey, content: hostKey, mode: 0o600 },
    { path: slicePaths.sshRootKey, content: rootKey, mode: 0o600 },
    { path: slicePaths.rapiPassword, content: `${randomBytes(18).toString('base64url')}\n`, mode: 0o600 },
  ];
}

/** RSA, in a form that OpenSSH reads; Ganeti needs an RSA host key. */
async function createKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  return privateKey;
}
