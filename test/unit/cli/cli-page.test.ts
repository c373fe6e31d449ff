import { format } from 'prettier';
import { expect, it } from 'vitest';
import { cliPage } from '../../support/cli-page.ts';
import { testProgram } from '../../support/program.ts';

// `npm run docs:cli` updates the page.

it('docs/cli.md matches the help of the commands', async () => {
  const page = await format(cliPage(await testProgram()), { parser: 'markdown', printWidth: 120, proseWrap: 'always' });
  await expect(page, 'docs/cli.md is out of date: npm run docs:cli').toMatchFileSnapshot(
    `${import.meta.dirname}/../../../docs/cli.md`,
  );
});
