import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ganetiVersions } from '../../src/image/releases.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { type Slice, startSlice } from '../support/slice.ts';

describe.skipIf(!dockerAvailable).each(ganetiVersions)('the slice image with Ganeti %s', (ganeti) => {
  let box: Slice;
  beforeAll(async () => {
    box = await startSlice({ ganeti, idle: true });
  });
  afterAll(() => box[Symbol.asyncDispose]());

  const shell = async (line: string) => (await box.run(['sh', '-c', line])).stdout;

  it('has that Ganeti', async () => {
    expect(await shell('dpkg-query -W -f "\\${Version}" ganeti')).toMatch(new RegExp(`^${ganeti}\\.`));
  });

  it('has no ssh host keys, which all its containers would share', async () => {
    expect(await shell('ls /etc/ssh /root/.ssh')).not.toMatch(/ssh_host|id_|authorized/);
  });

  it('has an empty machine-id', async () => {
    expect(await shell('stat -c "%s %F" /etc/machine-id; ls /var/lib/dbus/machine-id')).toBe('0 regular empty file\n');
  });

  it('has no package lists and no downloaded packages', async () => {
    expect(await shell('find /var/lib/apt/lists /var/cache/apt -type f -size +0')).toBe('');
  });

  it('has no package sources other than the base image’s own', async () => {
    expect(await shell('find / -xdev -name "mirror.*" -path "/tmp/*"; ls -A /tmp')).toBe('');
  });

  it('has no cluster and no password', async () => {
    expect(await shell('ls -d /srv/vcluster /var/lib/vcluster-box/* /etc/ganeti/*.pem /var/lib/ganeti/*')).toBe('');
  });

  it('lets no package start a daemon', async () => {
    expect((await box.run(['/usr/sbin/policy-rc.d', 'ganeti', 'start'])).status).toBe(101);
  });
});
