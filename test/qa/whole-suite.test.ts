import { stdout } from 'node:process';
import { execa } from 'execa';
import { describe, expect, inject, it } from 'vitest';
import { renderQa } from '../../src/cli/render-qa.ts';
import type { QaResult } from '../../src/qa/result.ts';
import { isNewFailure } from '../../src/qa/result.ts';
import { ganetiVersions } from '../../src/config/defaults.ts';
import { cliEnvironment } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';

const longest = 6 * 3600 * 1000;

// Separately: tests that the suite skips by default must not disturb the others.
describe.skipIf(!dockerAvailable).each(ganetiVersions)("Ganeti's complete QA suite, with Ganeti %s,", (ganeti) => {
  it.each([
    ['unmodified', []],
    ['including skipped tests', ['--with-skipped']],
  ])(
    '%s, has only known failures',
    async (_how, flags) => {
      const args = ['-c', testCluster(`qa-${ganeti.replace('.', '-')}`), 'qa', '--ganeti', ganeti, '--json', ...flags];
      const run = await execa(inject('cli'), args, {
        reject: false,
        extendEnv: false,
        env: cliEnvironment(),
        stderr: 'inherit',
        timeout: longest,
      });
      const result = JSON.parse(run.stdout) as QaResult;
      stdout.write(`${renderQa(result)}\n`);
      expect(result.tests.filter(isNewFailure).map(({ name, template, reason }) => [name, template, reason])).toEqual(
        [],
      );
      expect([result.mended, result.broken, result.complete]).toEqual([[], [], true]);
    },
    longest,
  );
});
