import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sshArguments, sshDestination } from '../../../src/engine/locate/ssh-destination.ts';
import { sshFailure, sshRefusal } from '../../../src/engine/locate/ssh-tunnel.ts';
import { EngineError } from '../../../src/errors.ts';

const read = (endpoint: string) => sshDestination(new URL(endpoint));

describe('an ssh endpoint', () => {
  it.each([
    ['ssh://lab', { host: 'lab', socket: '/var/run/docker.sock' }],
    ['ssh://lab/', { host: 'lab', socket: '/var/run/docker.sock' }],
    ['ssh://me@lab:2222', { host: 'lab', user: 'me', port: '2222', socket: '/var/run/docker.sock' }],
    ['ssh://lab/run/user/1000/docker.sock', { host: 'lab', socket: '/run/user/1000/docker.sock' }],
    ['ssh://[2001:db8::1]:22', { host: '2001:db8::1', port: '22', socket: '/var/run/docker.sock' }],
  ])('%s is parsed like docker does', (endpoint, destination) => {
    expect(read(endpoint)).toEqual(destination);
  });

  it.each(['ssh:///run/docker.sock', 'ssh://me:secret@lab', 'ssh://lab?option=1', 'ssh://lab#part', 'ssh://lab/100%'])(
    '%s is refused',
    (endpoint) => {
      expect(() => read(endpoint)).toThrow(EngineError);
    },
  );

  it('with a password is refused without showing the password', () => {
    expect(() => read('ssh://me:secret@lab')).toThrow(/^(?!.*secret).*ssh:\/\/lab$/);
  });

  it('never makes a host name an option', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w.-]{1,20}$/), (host) => {
        const argv = sshArguments({ host, socket: '/var/run/docker.sock' }, '/tmp/s');
        expect(argv.slice(-2)).toEqual(['--', host]);
        expect(argv).toContain('/tmp/s:/var/run/docker.sock');
      }),
    );
  });
});

describe('a failure of ssh', () => {
  it.each([
    ['Warning: x\r\nHost key verification failed.', 'Host key verification failed.', /^Connect once manually/],
    ['me@lab: Permission denied (publickey).', 'me@lab: Permission denied (publickey).', /use a key/],
    ['ssh: Could not resolve hostname lab: Name or service not known', undefined, /^Correct the name/],
    ['', 'ssh ended without an error message', undefined],
  ])('%j has a message and a hint', (said, message = said, hint) => {
    const failure = sshFailure(undefined, said);
    expect(failure.message).toBe(message);
    if (hint === undefined) expect(failure.hint).toBeUndefined();
    else expect(failure.hint).toMatch(hint);
  });

  it('includes a missing ssh', () => {
    expect(sshFailure(Object.assign(new Error('spawn ssh ENOENT'), { code: 'ENOENT' }), '')).toMatchObject({
      message: 'the program `ssh` is not installed',
    });
    expect(sshFailure(new Error('spawn E2BIG'), '')).toEqual({ message: 'spawn E2BIG', hint: undefined });
  });

  it('to reach the engine is recognized in the output of ssh', () => {
    expect(sshRefusal('channel 2: open failed: connect failed: open failed', '/run/x.sock')?.message).toBe(
      'sshd on the host cannot connect to /run/x.sock',
    );
    expect(sshRefusal('Warning: Permanently added lab', '/run/x.sock')).toBeUndefined();
  });
});
