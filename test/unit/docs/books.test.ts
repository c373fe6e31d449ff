import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { guide } from '../../books/guide/book.ts';
import { type Book, count } from '../../books/step.ts';
import { walkthrough } from '../../books/walkthrough/book.ts';

const limitations = readFileSync(new URL('../../../docs/limitations.md', import.meta.url), 'utf8');
const headings = [...limitations.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
const stepsOf = ({ sections }: Book) => sections.flatMap(({ steps }) => steps);

describe.each([walkthrough, guide])('the table of $title', (book) => {
  it('has all commands of each section of the document, in its order', () => {
    const listed = book.sections.map(({ section, steps }) => [section, steps.length]);
    expect(listed).toEqual(Object.entries(book.counted));
  });

  it('says what can be seen after each command', () => {
    const silent = stepsOf(book).filter((step) => step.see === '');
    expect(silent).toEqual([]);
  });

  it('names the reason in docs/limitations.md for each command that does not work as written', () => {
    for (const { command, status, reason, instead } of stepsOf(book)) {
      if (status === undefined) expect([command, reason, instead]).toEqual([command, undefined, undefined]);
      else expect(headings, command).toContain(reason);
      if (status === 'adapted') expect([command, typeof instead]).toEqual([command, 'string']);
    }
  });
});

it('docs/limitations.md says how many of the 178 commands of the documents work as written', () => {
  const [one, other] = [count(walkthrough), count(guide)];
  const total = { works: one.works + other.works, adapted: one.adapted + other.adapted, no: one.no + other.no };
  expect(total.works + total.adapted + total.no).toBe(178);
  expect(limitations.replace(/\s+/g, ' ')).toContain(`${total.works} of the 178 commands work as written`);
});
