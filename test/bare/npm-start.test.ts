import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type BareMachine, startBareMachine, whyNoBareMachine } from '../support/bare-machine.ts';
import { story } from '../support/story.ts';

const missing = whyNoBareMachine();
const patience = 1_800_000;

describe.skipIf(missing !== undefined)(`a clone on a bare machine${missing ? ` (${missing})` : ''}`, () => {
  const step = story();
  let machine: BareMachine;
  beforeAll(async () => {
    machine = await startBareMachine();
  }, patience);
  afterAll(async () => {
    await (machine as BareMachine | undefined)?.[Symbol.asyncDispose]();
  });
  const functions = (script: string) => machine.run('bash', '-ec', `source scripts/set-up.bash; ${script}`);
  const isThere = async (program: string) => (await functions(`has ${program}`)).exitCode === 0;

  step(
    'begins without an engine, and npm start sets everything up and creates a cluster',
    async () => {
      expect([await isThere('bash'), await isThere('dockerd'), await isThere('mmdebstrap')]).toEqual([
        true,
        false,
        false,
      ]);
      const { exitCode, stdout, stderr } = await machine.run('npm', 'start');
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      const installed = stderr
        .split('\n')
        .filter((line) => /^(Installing|Building|No Docker|Starting the Docker)/.test(line));
      expect(installed.map((line) => line.replace(/;.*/, ''))).toEqual([
        'Installing dependencies (npm ci)',
        'Building',
        'No Docker engine answers: setting one up (set VCLUSTER_BOX_INSTALL_ENGINE=0 to prevent this)',
        'Installing with apt-get: docker.io iptables mmdebstrap',
        'Starting the Docker engine',
      ]);
      expect(stdout).toContain('Cluster vcluster is running, with 3 nodes.');
    },
    patience,
  );

  step('needs nothing the second time', async () => {
    const { exitCode, stdout, stderr } = await machine.run('npm', 'start');
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stderr).not.toMatch(/^(Installing|Building|Starting the Docker)/m);
    expect(stdout).toContain('3 nodes');
  });

  step(
    'gets every command of the tests',
    async () => {
      expect(await functions('ensure_test_commands')).toMatchObject({ exitCode: 0 });
      const again = await functions('ensure_test_commands');
      expect(again).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    },
    patience,
  );

  step(
    'runs the unit tests, none of which needs another command',
    async () => {
      expect(await machine.run('env', 'REQUIRE_DOCKER=1', 'npm', 'run', 'unit')).toMatchObject({ exitCode: 0 });
    },
    patience,
  );

  step(
    'lets an ordinary user build images from Debian packages',
    async () => {
      const asUser = 'useradd --create-home --groups docker tester && chmod 755 /root && runuser -u tester --';
      const { exitCode, stdout } = await functions(`${asUser} node dist/bin.cjs image build --ganeti 3.1`);
      expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^vcluster-box:3\.1-/)]);
      expect((await machine.run('docker', 'image', 'ls', '--quiet', 'vcluster-box-base:trixie')).stdout).not.toBe('');
    },
    patience,
  );

  step('ends the engine that it has started', async () => {
    expect(await functions('engine_answers')).toMatchObject({ exitCode: 0 });
    expect(await functions('end_engine')).toMatchObject({ exitCode: 0 });
    expect(await functions('is_dockerd "$(engine_pid)"')).toMatchObject({ exitCode: 1 });
  });
});
