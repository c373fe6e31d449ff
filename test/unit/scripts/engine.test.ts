import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { searchPathWith } from '../../support/search-path.ts';
import { bash } from './bash.ts';

const answers = 'engine_answers() { true; }';
const silent = 'engine_answers() { echo "no engine answers"; false; }';
const has = (tools: string) => `has() { [[ " ${tools} " == *" $1 "* ]]; }`;

it('nothing is done or printed if an engine answers', async () => {
  expect(await bash(`${answers}; ensure_engine`)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

it('no commands are printed if an engine runs, but access is denied', async () => {
  const denied = 'engine_answers() { echo "permission denied"; false; }; can_install() { false; }';
  const { exitCode, stderr } = await bash(`${denied}; is_dockerd() { true; }; ensure_engine`);
  expect({ exitCode, stderr }).toEqual({ exitCode: 125, stderr: 'permission denied' });
});

describe('the commands for an engine', () => {
  it('install Debian’s package and start dockerd directly without systemd', async () => {
    const { stdout } = await bash(`${has('')}; has_systemd() { false; }; engine_commands`);
    expect(stdout.split('\n')).toEqual([
      'apt-get update',
      'apt-get install --yes --no-install-recommends docker.io iptables mmdebstrap',
      'setsid dockerd >/var/log/dockerd.log 2>&1 </dev/null &',
    ]);
  });

  it('only start an installed engine, with systemd if present', async () => {
    const { stdout } = await bash(`${has('dockerd')}; has_systemd() { true; }; engine_commands`);
    expect(stdout).toBe('systemctl start docker');
  });
});

describe('no engine is installed', () => {
  const install = 'install_packages() { echo installed; }; can_install() { true; }';

  it.each([
    ['if the user prevents it', install, { VCLUSTER_BOX_INSTALL_ENGINE: '0' }],
    ['if the user specified one', install, { DOCKER_HOST: 'unix:///nonexistent.sock' }],
    ['without root', 'can_install() { false; }', {}],
  ])('%s: prints the commands to run, and exits with 125', async (_, functions, env) => {
    const script = `${silent}; ${functions}; ${has('apt-get')}; is_dockerd() { false; }; ensure_engine`;
    const { exitCode, stdout, stderr } = await bash(script, { env });
    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    expect(stderr).toContain('no engine answers');
    expect(stderr).toContain('  apt-get install --yes --no-install-recommends docker.io');
  });
});

it('a pid file is removed if its process is not the daemon', async () => {
  const { stdout, exitCode } = await bash(`
    file=$(mktemp); own=$(cat /proc/$$/comm)
    echo $$ >"$file"; forget_stale_pid "$file" "$own"; [[ -e $file ]] && echo kept
    echo $$ >"$file"; forget_stale_pid "$file" dockerd; [[ -e $file ]] || echo gone
    forget_stale_pid "$file" dockerd && echo 'nothing to do'`);
  expect({ stdout, exitCode }).toEqual({ stdout: 'kept\ngone\nnothing to do', exitCode: 0 });
});

describe('an engine that was started', () => {
  // A process with the name of the engine.
  const startDockerd = "exec -a x bash -c 'echo dockerd > /proc/$$/comm; while :; do read -rt 60 <> <(:) || :; done'";

  it('is stopped by its process id, but not a second time', async () => {
    const state = await mkdtemp(join(tmpdir(), 'vcluster-box-state-'));
    const script = `
      mkdir -p "$(engine_directory)"
      (${startDockerd}) & pid=$!
      until is_dockerd "$pid"; do :; done
      echo "pid $pid" >"$(engine_directory)/started"
      end_engine
      ! kill -0 "$pid" 2>/dev/null
      end_engine`;
    expect(await bash(script, { env: { XDG_STATE_HOME: state } })).toExitWith(0);
    await expect(readFile(join(state, 'vcluster-box/engine/started'))).rejects.toThrow('ENOENT');
  });

  it('is dockerd without systemd, with its log in a file whose name is printed', async () => {
    const state = await mkdtemp(join(tmpdir(), 'vcluster-box-state-'));
    const path = await searchPathWith({ dockerd: 'echo ready; while :; do sleep 0.1; done' });
    const script = `
      can_install() { true; }; has_systemd() { false; }; engine_pid() { :; }
      engine_answers() { grep -q ready "$(engine_directory)/dockerd.log" 2>/dev/null; }
      PATH=${path}:$PATH
      ensure_engine
      read -r _ pid <"$(engine_directory)/started"
      is_dockerd "$pid"
      end_engine
      ! kill -0 "$pid" 2>/dev/null`;
    const { exitCode, stderr } = await bash(script, { env: { XDG_STATE_HOME: state } });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining(`${state}/vcluster-box`) as string,
    });
  });

  it('is not an engine that ran before and did not answer yet', async () => {
    const state = await mkdtemp(join(tmpdir(), 'vcluster-box-state-'));
    const script = `
      can_install() { true; }; is_dockerd() { true; }; start_engine() { echo started; }
      engine_answers() { [[ -e "$XDG_STATE_HOME/answers" ]] || { touch "$XDG_STATE_HOME/answers"; false; }; }
      ensure_engine; end_engine`;
    expect(await bash(script, { env: { XDG_STATE_HOME: state } })).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('is not stopped if another process has its id', async () => {
    const state = await mkdtemp(join(tmpdir(), 'vcluster-box-state-'));
    const script = `
      mkdir -p "$(engine_directory)"
      sleep 60 & pid=$!
      echo "pid $pid" >"$(engine_directory)/started"
      end_engine
      kill "$pid"`;
    expect(await bash(script, { env: { XDG_STATE_HOME: state } })).toExitWith(0);
  });

  it('has its log printed if it has ended', async () => {
    const state = await mkdtemp(join(tmpdir(), 'vcluster-box-state-'));
    const script = `
      mkdir -p "$(engine_directory)"
      echo "cannot mount cgroups" >"$(engine_directory)/dockerd.log"
      sleep 0 & pid=$!; wait
      echo "pid $pid" >"$(engine_directory)/started"
      engine_pid() { :; }; ${silent}; wait_for_engine`;
    const { exitCode, stderr } = await bash(script, { env: { XDG_STATE_HOME: state } });
    expect(exitCode).toBe(125);
    expect(stderr).toContain('cannot mount cgroups');
  });
});
