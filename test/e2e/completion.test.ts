import { dirname } from 'node:path';
import { env } from 'node:process';
import { execa, execaSync } from 'execa';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { cliEnvironment } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';

/** How to make each shell complete a line without a Tab key; each prints its completions. */
const drivers: Readonly<Record<string, readonly string[]>> = {
  bash: [
    '--norc',
    '-c',
    `source <(vcluster-box completion bash)
    COMP_LINE=$1 COMP_POINT=\${#1} COMP_WORDS=($1)
    $(complete -p vcluster-box | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
    printf '%s\\n' "\${COMPREPLY[@]}"`,
    'bash',
  ],
  zsh: [
    '-f',
    '-c',
    `source <(vcluster-box completion zsh)
    _describe() { print -rl -- "\${(@)\${(@P)2}%%:*}" }
    _files() { print -rl -- \${PREFIX}*(N) }
    words=("\${(@s: :)1}") CURRENT=$#words PREFIX=$words[-1]
    _vcluster-box`,
    'zsh',
  ],
  fish: ['--no-config', '-c', 'vcluster-box completion fish | source; complete -C $argv[1]'],
};

const present = (shell: string) => !execaSync(shell, ['--version'], { reject: false }).failed;

describe.skipIf(!dockerAvailable)('completion', () => {
  let cluster: SharedCluster;
  beforeAll(async () => {
    cluster = await sharedCluster();
  }, 300_000);

  describe.each(Object.keys(drivers))('in %s', (shell) => {
    /** The first words of the completions: fish also prints descriptions. */
    const offered = async (line: string, more: Readonly<Record<string, string>> = {}) => {
      const path = `${dirname(inject('cli'))}:${env['PATH'] ?? ''}`;
      const environment = cliEnvironment({ PATH: path, HOME: '/nonexistent', ...more });
      const options = { reject: false, extendEnv: false, env: environment } as const;
      const { stdout, stderr } = await execa(shell, [...(drivers[shell] ?? []), line], options);
      expect(stderr).toBe('');
      return stdout.split('\n').flatMap((text) => text.split('\t', 1).filter(Boolean));
    };

    it.skipIf(!present(shell))('completes commands, options and their values', async () => {
      expect(await offered('vcluster-box stat')).toEqual(['status']);
      expect(await offered('vcluster-box image ')).toEqual(expect.arrayContaining(['build', 'ls', 'rm']));
      expect(await offered('vcluster-box up --restar')).toEqual(['--restart']);
      expect(await offered('vcluster-box up --restart un')).toEqual(['unless-stopped']);
    });

    it.skipIf(!present(shell))('completes names of existing clusters and nodes', async () => {
      const { name } = cluster;
      expect(await offered(`vcluster-box status ${name.slice(0, -1)}`)).toContain(name);
      expect(await offered(`vcluster-box -c ${name} exec node`)).toEqual(['node1', 'node2', 'node3']);
      expect(await offered('vcluster-box shell node2.', { VCLUSTER_BOX_CLUSTER: name })).toEqual(['node2.example.com']);
    });

    it.skipIf(!present(shell))('is silent where no engine answers', async () => {
      const DOCKER_HOST = 'unix:///nonexistent/docker.sock';
      expect(await offered('vcluster-box exec n', { DOCKER_HOST })).toEqual([]);
      expect(await offered('vcluster-box imag', { DOCKER_HOST })).toEqual(['image']);
    });
  });

  it('in bash, replaces only what follows a = or a colon, as readline does', async () => {
    const [flag, , script = '', name] = drivers['bash'] ?? [];
    const path = `${dirname(inject('cli'))}:${env['PATH'] ?? ''}`;
    const { stdout } = await execa('bash', [flag ?? '', '-c', script, name ?? '', 'vcluster-box up --restart=un'], {
      extendEnv: false,
      env: cliEnvironment({ PATH: path }),
    });
    expect(stdout).toBe('unless-stopped');
  });
});
