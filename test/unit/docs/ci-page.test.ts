import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** The contents of a page's code blocks of one language. */
function blocks(page: string, language: string): readonly string[] {
  return [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    ([, text = '']) => text,
  );
}

it('docs/ci.md shows the shell script that is run by the tests', () => {
  expect(blocks('docs/ci.md', 'sh')).toEqual([read('examples/shell/ci.sh')]);
});

it('docs/ci.md has samples that are YAML, with what the systems look for', () => {
  const [github, gitlab, ...others] = blocks('docs/ci.md', 'yaml').map((text) => parse(text) as unknown);
  expect(github).toMatchObject({ on: ['push', 'pull_request'], jobs: { test: { 'runs-on': 'ubuntu-24.04' } } });
  expect(gitlab).toMatchObject({ ganeti: { image: 'node:22-bookworm', services: [{ alias: 'docker' }] } });
  expect(others).toEqual([]);
});
