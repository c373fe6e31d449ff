import { format } from 'prettier';
import { expect, it } from 'vitest';
import { cliPage } from '../../support/cli-page.ts';
import { testProgram } from '../../support/program.ts';

// `npm run docs:cli` writes it anew.

it('docs/cli.md says what the help of the commands says', async () => {
  const page = await format(cliPage(testProgram()), { parser: 'markdown', printWidth: 120, proseWrap: 'always' });
  await expect(page, 'docs/cli.md is old: npm run docs:cli').toMatchFileSnapshot(
    `${import.meta.dirname}/../../../docs/cli.md`,
  );
});
