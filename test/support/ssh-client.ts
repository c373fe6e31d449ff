import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';
import { execa } from 'execa';

/** A user's ssh setup: a key, and a configuration with the names of the machines. */
export interface SshClient {
  /** of the machines that it knows */
  readonly knownHosts: string;
  /** variables with which `ssh NAME` reaches them */
  readonly env: Readonly<Record<string, string>>;
}

/** @returns a new key's public half, one line */
export async function sshKey(folder: string): Promise<string> {
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
  return (await readFile(join(folder, 'key.pub'), 'utf8')).trim();
}

/**
 * @param folder with the key
 * @param machines addresses by the name that the user has for them
 */
export async function sshClient(folder: string, machines: Readonly<Record<string, string>>): Promise<SshClient> {
  const sections = Object.entries(machines).map(([name, address]) => configuration(name, address, folder));
  await writeFile(join(folder, 'config'), sections.join('\n'));
  // `ssh` reads a user's configuration from the account's home directory and ignores HOME, so the path is explicit.
  await mkdir(join(folder, 'bin'));
  const ssh = `#!/bin/sh\nexec ${(await execa('sh', ['-c', 'command -v ssh'])).stdout} -F '${join(folder, 'config')}' "$@"\n`;
  await writeFile(join(folder, 'bin', 'ssh'), ssh, { mode: 0o755 });
  return {
    knownHosts: join(folder, 'known_hosts'),
    env: { PATH: `${join(folder, 'bin')}${delimiter}${env['PATH'] ?? ''}` },
  };
}

function configuration(name: string, address: string, folder: string): string {
  return `Host ${name}
  HostName ${address}
  User root
  IdentityFile ${folder}/key
  IdentitiesOnly yes
  UserKnownHostsFile ${folder}/known_hosts
  StrictHostKeyChecking yes
`;
}
