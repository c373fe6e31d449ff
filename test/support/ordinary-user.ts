import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pid } from 'node:process';
import { execa } from 'execa';

/** An unprivileged user of this machine, with subordinate ids for its own namespaces (`/etc/subuid`). */
export interface OrdinaryUser extends AsyncDisposable {
  readonly uid: number;
  readonly gid: number;
}

/** The process that a user belongs to, to find users of killed tests. */
const prefix = 'vcbox-test-';

/** Creates a user, as root; it is removed when it is disposed of, and must have no processes then. */
export async function makeOrdinaryUser(home: string): Promise<OrdinaryUser> {
  await removeForgotten();
  const name = `${prefix}${pid}`;
  const options = ['--no-create-home', '--home-dir', home, '--shell', '/usr/sbin/nologin'];
  await execa('useradd', [...options, name]);
  const user = {
    ...(await idsOf(name)),
    [Symbol.asyncDispose]: () => removeUser(name),
  };
  if ((await readFile('/etc/subuid', 'utf8')).includes(`${name}:`)) return user;
  await removeUser(name);
  throw new Error('useradd gives no subordinate ids: see SUB_UID_COUNT in /etc/login.defs');
}

async function idsOf(name: string) {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await execa('id', [flag, name])).stdout)),
  );
  if (uid === undefined || gid === undefined) throw new Error(`there is no user ${name}`);
  return { uid, gid };
}

async function removeForgotten(): Promise<void> {
  const names = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':', 1)[0] ?? '');
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    if (!existsSync(`/proc/${name.slice(prefix.length)}`)) await removeUser(name);
  }
}

async function removeUser(name: string): Promise<void> {
  await execa('userdel', [name]);
}
