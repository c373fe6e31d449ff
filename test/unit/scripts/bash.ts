import { execa } from 'execa';

/** Runs bash code with the functions of set-up.bash, in the strict mode of the scripts. */
export async function bash(
  script: string,
  { cwd, env }: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
) {
  const project = process.cwd();
  const begin = 'set -o errexit -o nounset -o pipefail; cd "$1"; source scripts/set-up.bash; cd "$2"';
  const argv = ['-c', `${begin}\n${script}`, 'bash', project, cwd ?? project];
  const { exitCode, stdout, stderr } = await execa('/bin/bash', argv, {
    env: { DOCKER_HOST: '', DOCKER_CONTEXT: '', VCLUSTER_BOX_INSTALL_ENGINE: '1', ...env },
    reject: false,
  });
  return { exitCode, stdout, stderr };
}
