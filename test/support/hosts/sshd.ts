import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { execa } from 'execa';
import type { Engine } from '../../../src/engine/engine.ts';
import { startBox } from '../box.ts';

/** In sshd's root directory, where users who log in by ssh find the engine's socket. */
export const socketInRoot = 'run/docker.sock';

/** What sshd and a login need, as a tar: programs, their libraries, and users. */
const listing = `
set -- /usr/sbin/sshd /bin/bash /bin/true
files=$(for program; do echo "$program"; ldd "$program" | grep -o '/[^ ]*'; done | sort -u | cut -c 2-)
tar -chf - -C / etc/passwd etc/group $files`;

interface Root {
  readonly engine: Engine;
  /** with sshd in it */
  readonly image: string;
  /** public key of the user who can log in as root */
  readonly key: string;
}

/**
 * A root directory that contains only sshd, from an image: so this machine does not need sshd, and does not start
 * one.
 * @returns the host key's public half, one line
 */
export async function makeSshdRoot(root: string, { engine, image, key }: Root): Promise<string> {
  for (const folder of ['dev', 'proc', 'root', 'run/sshd', 'var', 'etc/ssh']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await copySshd(root, engine, image);
  await symlink('../run', join(root, 'var', 'run'));
  await writeFile(join(root, 'dev', 'null'), '');
  await writeFile(join(root, 'etc', 'ssh', 'authorized_keys'), `${key}\n`);
  const hostKey = join(root, 'etc', 'ssh', 'host_key');
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey]);
  return (await readFile(`${hostKey}.pub`, 'utf8')).trim();
}

async function copySshd(root: string, engine: Engine, image: string): Promise<void> {
  await using box = await startBox(engine, { image, entrypoint: ['sleep'], command: ['60'] });
  const unpacking = execa('tar', ['-xC', root], { buffer: false });
  await engine.exec(
    box.name,
    { argv: ['sh', '-c', listing] },
    { stdout: unpacking.stdin, stderr: new PassThrough().resume() },
  );
  unpacking.stdin.end();
  await unpacking;
}

/** The command that serves ssh in such a root directory, and keeps running. */
export function sshdCommand(root: string): readonly string[] {
  const options = {
    HostKey: '/etc/ssh/host_key',
    AuthorizedKeysFile: '/etc/ssh/authorized_keys',
    PermitRootLogin: 'prohibit-password',
    PidFile: 'none',
    StrictModes: 'no',
    UseDNS: 'no',
  };
  const words = Object.entries(options).flatMap(([option, value]) => ['-o', `${option}=${value}`]);
  const start = `mount --bind /dev/null ${root}/dev/null && mount --bind /proc ${root}/proc && exec chroot ${root} "$@"`;
  return ['sh', '-c', start, 'sh', '/usr/sbin/sshd', '-De', '-f', '/dev/null', ...words];
}
