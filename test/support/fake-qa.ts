import { readFile } from 'node:fs/promises';
import type { ExecCommand } from '../../src/engine/engine.ts';
import { fakeEngine } from './fake-engine.ts';
import type { FakeState } from './fake-state.ts';
import { votesFor } from './fake-votes.ts';

/** path of the suite in a slice */
export const suite = '/usr/lib/vcluster-box-qa';
/** lines as the suite of Ganeti 3.0.2 prints them, edited, with a failed test */
export const log = await readFile(`${import.meta.dirname}/../fixtures/qa/suite.log`, 'utf8');
/** the same output without the failure */
export const passing = log.replaceAll(/^.*(TestInstanceReinstall|"broken"|qa_error|Traceback).*\n/gm, '');

/** An engine in which slices boot, and the suite prints `output` and exits with `status`. */
export function engineWith(output: string, status = 0, given: Partial<FakeState> = {}) {
  const commands: ExecCommand[] = [];
  const engine = fakeEngine({
    images: [{ id: 'sha256:debian', tags: ['debian:bookworm-slim'], size: 1, createdAt: 1, labels: {} }],
    logs: [{ stream: 'stdout', text: '{"type":"ready"}' }],
    onCall: (method, [name]) => {
      const made = engine.state.containers.find((one) => one.name === name);
      if (method !== 'createContainer' || made === undefined) return;
      if (made.name.startsWith('vcluster-box-look-'))
        made.files.set('/usr/lib/os-release', Buffer.from('VERSION_CODENAME=bookworm\n'));
      if (made.image.startsWith('vcluster-box-qa:')) made.files.set(`${suite}/set-up`, Buffer.from('#!/bin/sh\n'));
    },
    onExec: (_container, command, { stdout }) => {
      commands.push(command);
      if (command.argv[1] === 'votes') stdout.write(votesFor([]));
      if (command.argv[1] === 'inventory') stdout.write('{"nodes":[],"instances":[],"groups":[],"templates":[]}');
      if (!command.argv.includes('env')) return 0;
      stdout.write(output);
      return status;
    },
    ...given,
  });
  return { engine, commands };
}
