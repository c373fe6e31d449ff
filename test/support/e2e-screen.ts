/**
 * The final content of a terminal after the given output, as lines without trailing blanks. Supports line feeds,
 * carriage returns, wrapping, colours, and the sequences of progress lists that move up, go to a column and erase.
 * @throws {Error} at an unknown control sequence
 */
export function screenOf(output: string, columns: number): readonly string[] {
  const lines: string[] = [''];
  let [row, column] = [0, 0];
  const put = (character: string) => {
    if (column === columns) [row, column] = [row + 1, 0];
    const line = (lines[row] ?? '').padEnd(column);
    lines[row] = line.slice(0, column) + character + line.slice(column + 1);
    column += 1;
  };
  const control: Readonly<Record<string, (parameter: number) => void>> = {
    A: (count) => (row = Math.max(0, row - (count || 1))),
    G: (to) => (column = (to || 1) - 1),
    K: (mode) => (lines[row] = mode === 2 ? '' : (lines[row] ?? '').slice(0, column)),
    J: () => {
      lines.length = row + 1;
      lines[row] = (lines[row] ?? '').slice(0, column);
    },
    m: () => undefined,
    h: () => undefined,
    l: () => undefined,
  };
  // eslint-disable-next-line no-control-regex -- they are what it is about
  for (const [whole, parameters = '', name] of output.matchAll(/\u001b\[\??([\d;]*)([A-Za-z])|[^]/gu)) {
    if (name !== undefined) run(control, name, Number(parameters.split(';')[0]));
    else if (whole === '\n') row += 1;
    else if (whole === '\r') column = 0;
    else put(whole);
    for (let missing = lines.length; missing <= row; missing += 1) lines.push('');
  }
  return lines.map((line) => line.trimEnd());
}

function run(control: Readonly<Record<string, (parameter: number) => void>>, name: string, parameter: number): void {
  const action = control[name];
  if (action === undefined) throw new Error(`unknown control sequence: ${name}`);
  action(parameter);
}
