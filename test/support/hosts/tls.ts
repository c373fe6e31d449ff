import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { addressOf } from './lan.ts';

/**
 * Creates a certificate authority in a folder, with one certificate for all hosts and one for a client: `ca.pem`,
 * `cert.pem` and `key.pem`, as `DOCKER_CERT_PATH` requires.
 */
export async function makeCertificates(folder: string, hosts: number): Promise<void> {
  const openssl = (words: string) => execa('openssl', words.split(' '), { cwd: folder });
  await openssl('req -x509 -newkey rsa:2048 -nodes -subj /CN=test -days 2 -keyout ca-key.pem -out ca.pem');
  const names = Array.from({ length: hosts }, (_, index) => `IP:${addressOf(index + 1)}`).join(',');
  await sign('server', `subjectAltName=${names}\nextendedKeyUsage=serverAuth\n`);
  await sign('', 'extendedKeyUsage=clientAuth\n');

  async function sign(what: string, extensions: string): Promise<void> {
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => (what === '' ? name : `${what}-${name}`));
    await writeFile(join(folder, 'extensions'), extensions);
    await openssl(`req -newkey rsa:2048 -nodes -subj /CN=test -keyout ${key} -out request`);
    await openssl(
      `x509 -req -in request -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -extfile extensions -out ${cert}`,
    );
  }
}

/** Options of dockerd to listen with such certificates. */
export function tlsOptions(address: string, folder: string): readonly string[] {
  const files = { tlscacert: 'ca.pem', tlscert: 'server-cert.pem', tlskey: 'server-key.pem' };
  const options = Object.entries(files).flatMap(([option, file]) => [`--${option}`, join(folder, file)]);
  return ['--host', `tcp://${address}:2376`, '--tlsverify', ...options];
}
