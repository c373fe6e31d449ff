import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { manPages } from '../../../scripts/man/pages.ts';
import { addDetails } from '../../../src/cli/help.ts';
import { leafCommands, pathOf, testProgram } from '../../support/program.ts';

const edition = { version: '1.2.3', date: '2026-11-28' };

const details = `
\`greet -n\` prints a greeting. A file's \\ and 'it' stay: [os.md](os.md#x).

.dots at the start are no requests:

    .TH  ^~\`"

- one
- two, with
  a second line

## Exit status

- 0: success
`;

describe('a manual page', () => {
  const program = new Command('vcluster-box').description('Runs clusters.');
  const greet = program.command('greet').description('print a greeting').argument('<who...>', 'whom to greet');
  addDetails(greet.option('-n, --name <name>', 'a name (default: "x")'), details);

  it('has the words of the help, in the language of man', () => {
    const [, page] = manPages(program, edition);
    expect(page?.file).toBe('vcluster-box-greet.1');
    expect(page?.text).toBe(
      String.raw`.\" Generated from the help of the commands.
.TH VCLUSTER\-BOX\-GREET 1 2026-11-28 "vcluster\-box 1.2.3" "vcluster\-box manual"
.ad l
.nh
.SH NAME
vcluster\-box\-greet \- print a greeting
.SH SYNOPSIS
\fBvcluster\-box greet\fR [options] <who...>
.SH DESCRIPTION
\fBgreet \-n\fR prints a greeting.
A file\(aqs \(rs and \(aqit\(aq stay:
\fB/usr/share/doc/vcluster\-box/docs/os.md#x\fR.
.PP
\&.dots at the start are no requests:
.PP
.in +4n
.nf
\&.TH  \(ha\(ti\(ga\(dq
.fi
.in
.IP \(bu 2
one
.IP \(bu 2
two, with a second line
.SH ARGUMENTS
.TP
\fBwho\fR
whom to greet
.SH OPTIONS
.TP
\fB\-n, \-\-name <name>\fR
a name (default: \(dqx\(dq)
.SH "COMMON OPTIONS"
\fBvcluster\-box\fR(1) describes the options that every command has.
.SH "EXIT STATUS"
.IP \(bu 2
0: success
.SH "SEE ALSO"
\fBvcluster\-box\fR(1),
\fB/usr/share/doc/vcluster\-box/README.md\fR
`,
    );
  });
});

describe('the manual', () => {
  it('has a page for each command', async () => {
    const program = await testProgram();
    const files = manPages(program, edition).map(({ file }) => file);
    expect(files).toEqual(expect.arrayContaining(['vcluster-box.1', 'vcluster-box-node.1', 'vcluster-box-node-add.1']));
    const leaves = leafCommands(program).map((command) => `vcluster-box-${pathOf(command).replace(' ', '-')}.1`);
    expect(leaves.filter((file) => !files.includes(file))).toEqual([]);
  });

  it('has no errors in its source', async () => {
    const text = manPages(await testProgram(), edition)
      .map((page) => page.text)
      .join('');
    const requests = new Set(text.match(/^[.'].*?(?= |$)/gm));
    expect([...requests].sort()).toEqual(
      ['.\\"', '.IP', '.PP', '.SH', '.TH', '.TP', '.ad', '.fi', '.in', '.nf', '.nh'].sort(),
    );
    expect(text.replaceAll(/\\f[BR]|\\\((?:rs|aq|ga|ha|ti|dq|bu)|\\-|\\&|^\.\\"/gm, '')).not.toContain('\\');
  });
});
