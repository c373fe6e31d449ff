import { chmod, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { findDefinitions } from '../../../src/cluster/os/find-definitions.ts';
import { UsageError } from '../../../src/errors.ts';
import { asNobody } from '../../support/as-nobody.ts';
import { definitionFiles } from '../../support/os-definition.ts';

const problemsOf = async (...directories: string[]) => {
  const error: unknown = await findDefinitions(directories).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(UsageError);
  return (error as UsageError).message;
};

describe('user-supplied OS definitions', () => {
  it('are found in a directory that is one and in a directory that contains several', async () => {
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

  it('that are not readable are reported', () =>
    asNobody(async () => {
      await using files = await definitionFiles();
      await chmod(join(files.path, 'create'), 0o100);
      expect(await problemsOf(files.path)).toContain(`: cannot read ${join(files.path, 'create')}: permission denied`);
      await chmod(files.path, 0o100);
      expect(await problemsOf(files.path)).toContain(`${files.path} cannot be read`);
      await chmod(files.path, 0o700);
      await chmod(files.parent, 0o600);
      expect(await problemsOf(files.path)).toContain(`${files.path} cannot be read`);
      await chmod(files.parent, 0o700);
    }));

  it('are named after the real name of their directory', async () => {
    await using files = await definitionFiles();
    await symlink('mine', join(files.parent, 'link'));
    expect(await findDefinitions([join(files.parent, 'link')])).toMatchObject([{ name: 'mine' }]);
    expect(await findDefinitions([`${files.path}/.`])).toMatchObject([{ name: 'mine' }]);
  });

  it.each([
    [{ ganeti_api_version: undefined }, 'ganeti_api_version is missing'],
    [{ ganeti_api_version: '5\n9\n' }, 'ganeti_api_version must contain 10, 15 or 20, found 5, 9'],
    [{ ganeti_api_version: 'twenty\n' }, 'ganeti_api_version must contain one number per line, such as 20'],
    [{ rename: undefined }, 'rename is missing'],
    [{ import: '#!/bin/sh\r\nexit 0\r\n' }, 'import has Windows line endings'],
    [{ ganeti_api_version: '20\n10\n', 'parameters.list': '' }, 'verify is missing'],
    [
      { ganeti_api_version: '20\n', verify: '#!/bin/sh\n' },
      'parameters.list is missing (required by API version 20; it can be empty)',
    ],
    [
      { ganeti_api_version: '20\n', verify: '#!/bin/sh\n', 'parameters.list': 'dhcp whether\n\n' },
      'parameters.list: line 2 must contain a name and a description',
    ],
    [
      { ganeti_api_version: '15\n', 'variants.list': '# all\n\nfull\na+b\n' },
      'variants.list: a+b is not a valid variant name, or a duplicate',
    ],
  ])('are refused when Ganeti does not accept them: %j', async (given, problem) => {
    await using files = await definitionFiles(given);
    expect(await problemsOf(files.path)).toBe(`invalid OS definition: ${files.path}: ${problem}`);
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
  ])('are accepted when Ganeti accepts them: %j', async (given) => {
    await using files = await definitionFiles(given);
    expect(await findDefinitions([files.path])).toHaveLength(1);
  });

  it('can be for untrusted instances only', async () => {
    await using files = await definitionFiles();
    await rename(join(files.path, 'create'), join(files.path, 'create_untrusted'));
    expect(await findDefinitions([files.path])).toHaveLength(1);
  });

  it('are reported all at once', async () => {
    await using one = await definitionFiles({ export: undefined });
    await using other = await definitionFiles();
    await chmod(join(other.path, 'create'), 0o644);
    const missing = join(one.parent, 'nothing');
    await mkdir(join(one.parent, 'empty'));
    expect(await problemsOf(one.path, missing, other.path, join(one.parent, 'empty'))).toBe(
      [
        'invalid OS definitions:',
        `${missing} is not a directory`,
        `${one.parent}/empty is not an OS definition (ganeti_api_version is missing) and contains none`,
        `${one.path}: export is missing`,
        `${other.path}: create is not executable`,
        `${other.path}: the name mine is already used by ${one.path}`,
      ].join('\n  '),
    );
  });

  it('are refused with a link that points outside', async () => {
    await using files = await definitionFiles();
    await symlink('create', join(files.path, 'install'));
    expect(await findDefinitions([files.path])).toHaveLength(1);
    await symlink('/etc/passwd', join(files.path, 'users'));
    expect(await problemsOf(files.path)).toContain(
      './users is a symbolic link to /etc/passwd, outside the OS definition',
    );
  });

  it('are refused with special files', async () => {
    await using files = await definitionFiles();
    await execa('mkfifo', [join(files.path, 'pipe')]);
    expect(await problemsOf(files.path)).toContain('refused: ./pipe is a named pipe');
  });

  it('have names that Ganeti can distinguish from variants', async () => {
    await using files = await definitionFiles();
    await rename(files.path, `${files.path}+full`);
    expect(await problemsOf(`${files.path}+full`)).toContain('its name can contain only letters, digits, dots');
    await writeFile(join(files.parent, 'file'), '');
    expect(await problemsOf(join(files.parent, 'file'))).toContain('is not a directory');
  });
});
