import type { Block } from './prose.ts';
import { wrap } from './wrap.ts';

/** Prose for a terminal. What follows a heading is indented, as commander indents its lists. */
export function renderProse(blocks: readonly Block[], width: number): string {
  let indent = '';
  const parts = blocks.map((block) => {
    if (block.type === 'heading') {
      indent = '  ';
      return `${block.text}:`;
    }
    const lines = renderBlock(block, width - indent.length).map((line) => `${indent}${line}`.trimEnd());
    return `${lines.join('\n')}\n`;
  });
  return parts.join('\n').trimEnd();
}

function renderBlock(block: Exclude<Block, { readonly type: 'heading' }>, width: number): readonly string[] {
  switch (block.type) {
    case 'paragraph':
      return wrap(plain(block.text), width);
    case 'code':
      return block.lines.map((line) => `  ${line}`);
    case 'list':
      return block.items.flatMap((item) => hang('- ', plain(item), 2, width));
    case 'terms': {
      const terms = block.items.map(([term, meaning]) => [plain(term), plain(meaning)] as const);
      const column = Math.max(...terms.map(([term]) => term.length)) + 2;
      return terms.flatMap(([term, meaning]) => hang(term, meaning, column, width));
    }
  }
}

/** A term and, from a column on, its text; below the term where the text would have too little room beside it. */
function hang(term: string, text: string, column: number, width: number): readonly string[] {
  const beside = width - column >= leastWidth;
  const indent = ' '.repeat(beside ? column : 4);
  const lines = wrap(text, width - indent.length).map((line) => `${indent}${line}`);
  return beside ? [term.padEnd(column) + (lines[0] ?? '').trimStart(), ...lines.slice(1)] : [term, ...lines];
}

const leastWidth = 30;

/** Without what only Markdown shows: a link becomes the file's place in the project, strong words plain ones. */
function plain(text: string): string {
  return text
    .replace(/\[[^\]]*\]\((\w+:[^)]*)\)/g, '$1')
    .replace(/\[[^\]]*\]\(([^)]*)\)/g, 'docs/$1')
    .replace(/\*\*([^*]+)\*\*/g, '$1');
}
