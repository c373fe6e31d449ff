import { chmod, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { findDefinitions } from '../../../src/cluster/os/find-definitions.ts';
import { UsageError } from '../../../src/errors.ts';
import { definitionFiles } from '../../support/os-definition.ts';

const problemsOf = async (...directories: string[]) => {
  const error: unknown = await findDefinitions(directories).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(UsageError);
  return (error as UsageError).message;
};

describe('the OS definitions of a user', () => {
  it('are found in a directory that is one, and in one that has several', async () => {
    await using one = await definitionFiles();
    await using other = await definitionFiles();
    await rename(other.path, join(other.parent, 'theirs'));
    await mkdir(join(other.parent, 'notes'));
    await mkdir(join(other.parent, '.git'));
    expect(await findDefinitions([other.parent, one.path])).toEqual([
      { name: 'mine', path: one.path },
      { name: 'theirs', path: join(other.parent, 'theirs') },
    ]);
    expect(await findDefinitions([])).toEqual([]);
  });

  it.skipIf(getuid?.() === 0)('that this user cannot read are told of', async () => {
    await using files = await definitionFiles();
    await chmod(join(files.path, 'create'), 0o100);
    expect(await problemsOf(files.path)).toContain(': cannot read mine/create: permission denied');
    await chmod(files.path, 0o100);
    expect(await problemsOf(files.path)).toContain(`${files.path} cannot be read`);
    await chmod(files.path, 0o700);
  });

  it('are called as their directory is, by whatever name that is given', async () => {
    await using files = await definitionFiles();
    await symlink('mine', join(files.parent, 'link'));
    expect(await findDefinitions([join(files.parent, 'link')])).toMatchObject([{ name: 'mine' }]);
    expect(await findDefinitions([`${files.path}/.`])).toMatchObject([{ name: 'mine' }]);
  });

  it.each([
    [{ ganeti_api_version: undefined }, 'ganeti_api_version is missing'],
    [{ ganeti_api_version: '5\n9\n' }, 'ganeti_api_version: one of them must be 10, 15 or 20, not 5, 9'],
    [{ ganeti_api_version: 'twenty\n' }, 'ganeti_api_version: a number a line, such as 20'],
    [{ rename: undefined }, 'rename is missing'],
    [{ import: '#!/bin/sh\r\nexit 0\r\n' }, 'import has line ends of Windows'],
    [{ ganeti_api_version: '20\n10\n', 'parameters.list': '' }, 'verify is missing'],
    [
      { ganeti_api_version: '20\n', verify: '#!/bin/sh\n' },
      'parameters.list is missing (API version 20 wants it; it may be empty)',
    ],
    [
      { ganeti_api_version: '20\n', verify: '#!/bin/sh\n', 'parameters.list': 'dhcp whether\n\n' },
      'parameters.list: line 2 is no name with a description behind it',
    ],
    [
      { ganeti_api_version: '15\n', 'variants.list': '# all\n\nfull\na+b\n' },
      'variants.list: a+b is no name of a variant, or there twice',
    ],
  ])('are refused when Ganeti would not take them: %j', async (given, problem) => {
    await using files = await definitionFiles(given);
    expect(await problemsOf(files.path)).toBe(`OS definition: ${files.path}: ${problem}`);
  });

  it.each([
    {
      ganeti_api_version: '20\n15\n',
      verify: '#!/bin/sh\n',
      'parameters.list': 'dhcp whether\n',
      'variants.list': 'a\n',
    },
    { ganeti_api_version: '10', 'variants.list': 'a+b' },
    { ganeti_api_version: '20\n', verify: '#!/bin/sh\n', 'parameters.list': '' },
  ])('are taken when Ganeti would take them: %j', async (given) => {
    await using files = await definitionFiles(given);
    expect(await findDefinitions([files.path])).toHaveLength(1);
  });

  it('may be for an untrusted instance only', async () => {
    await using files = await definitionFiles();
    await rename(join(files.path, 'create'), join(files.path, 'create_untrusted'));
    expect(await findDefinitions([files.path])).toHaveLength(1);
  });

  it('are all told of at once', async () => {
    await using one = await definitionFiles({ export: undefined });
    await using other = await definitionFiles();
    await chmod(join(other.path, 'create'), 0o644);
    const missing = join(one.parent, 'nothing');
    await mkdir(join(one.parent, 'empty'));
    expect(await problemsOf(one.path, missing, other.path, join(one.parent, 'empty'))).toBe(
      [
        'OS definitions that Ganeti would not take:',
        `${missing} is no directory`,
        `${one.parent}/empty is no OS definition (it has no ganeti_api_version), nor has it one below it`,
        `${one.path}: export is missing`,
        `${other.path}: create is not executable`,
        `${other.path}: there is a second one called mine, ${one.path}`,
      ].join('\n  '),
    );
  });

  it('are refused with what would be something else in the cluster', async () => {
    await using files = await definitionFiles();
    await symlink('create', join(files.path, 'install'));
    expect(await findDefinitions([files.path])).toHaveLength(1);
    await symlink('/etc/passwd', join(files.path, 'users'));
    expect(await problemsOf(files.path)).toContain(
      './users is a symbolic link to /etc/passwd, which would lead elsewhere',
    );
  });

  it('are refused with what is no file', async () => {
    await using files = await definitionFiles();
    await execa('mkfifo', [join(files.path, 'pipe')]);
    expect(await problemsOf(files.path)).toContain('refused: ./pipe is a named pipe');
  });

  it('have names that Ganeti can tell from variants', async () => {
    await using files = await definitionFiles();
    await rename(files.path, `${files.path}+full`);
    expect(await problemsOf(`${files.path}+full`)).toContain('its name may have letters, digits, dots');
    await writeFile(join(files.parent, 'file'), '');
    expect(await problemsOf(join(files.parent, 'file'))).toContain('is no directory');
  });
});
