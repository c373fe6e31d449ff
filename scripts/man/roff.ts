import { wrapText } from '../../src/cli/help.ts';

/** The width of lines in the source of a page. */
const width = 78;

const characters: Readonly<Record<string, string>> = {
  '\\': '\\(rs',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
};

/** Text without markup, on one line, which can also be an argument of a macro. */
export function escapeRoff(text: string): string {
  return text.replace(/[\\\-'`^~"]/g, (character) => characters[character] ?? character);
}

/** A line that must not be taken for a request. */
export function plainLine(text: string): string {
  return text.replace(/^(?=\.)/, '\\&');
}

/** Markdown in a line: `code` is bold, and a link is the path of the page. */
function inline(text: string): string {
  const paths = text.replace(/\[[^\]]*\]\(([^):]+)\)/g, '`/usr/share/doc/vcluster-box/docs/$1`');
  return paths
    .split('`')
    .map((part, index) => (index % 2 === 1 ? bold(part) : escapeRoff(part)))
    .join('');
}

export function bold(text: string): string {
  return `\\fB${escapeRoff(text)}\\fR`;
}

/** The Markdown that `addDetails` takes: paragraphs, lists, indented code, headings. */
export function renderBlocks(text: string): readonly string[] {
  return text
    .trim()
    .split(/\n{2,}/)
    .flatMap(renderBlock);
}

function renderBlock(block: string): readonly string[] {
  const heading = /^## (.*)$/.exec(block);
  if (heading !== null) return [`.SH "${escapeRoff((heading[1] ?? '').toUpperCase())}"`];
  if (block.startsWith('    ')) {
    const lines = block.split('\n').map((line) => plainLine(escapeRoff(line.slice(4))));
    return ['.PP', '.in +4n', '.nf', ...lines, '.fi', '.in'];
  }
  return block
    .split(/\n(?=- )/)
    .flatMap((part) => [part.startsWith('- ') ? '.IP \\(bu 2' : '.PP', ...renderText(part.replace(/^- /, ''))]);
}

/** A sentence begins on a line of its own, as the tools for manual pages like it. */
export function renderText(text: string): readonly string[] {
  return inline(text.replace(/\s*\n\s*/g, ' '))
    .split(/(?<=[a-z)][.!?]) (?=\S)/)
    .flatMap((sentence) => wrapText(sentence, width, '').split('\n'))
    .map(plainLine);
}
