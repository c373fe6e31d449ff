import { describe, expect, it } from 'vitest';
import { CommandFailedError, EngineError, NotFoundError, SliceError } from '../../../src/errors.ts';
import { renderError } from '../../../src/ui/render-error.ts';

describe('an expected failure', () => {
  it('is shown as message and hint, without a stack', () => {
    const error = new NotFoundError('no cluster named demo exists', { hint: 'existing clusters: lab' });
    expect(renderError(error)).toBe('error: no cluster named demo exists\nhint: existing clusters: lab');
  });

  it('is shown with its causes and the last lines of the related log', () => {
    const cause = new EngineError('cannot start container c', { cause: new Error('no space left on device') });
    const error = new SliceError('node2 did not start', { cause, output: ['noded: dying'] });
    expect(renderError(error).split('\n')).toEqual([
      'error: node2 did not start',
      '  because: cannot start container c',
      '  because: no space left on device',
      '  | noded: dying',
    ]);
  });

  it.each([
    ['', []],
    ['first\n\nlast\n\n', ['  | first', '  | last']],
  ])('is shown without empty lines of output: %j', (stdout, shown) => {
    const error = new CommandFailedError('it failed', { status: 1, stdout, stderr: '' });
    expect(renderError(error).split('\n')).toEqual(['error: it failed', ...shown]);
  });

  it('does not repeat a cause that the message contains', () => {
    const error = new EngineError('cannot pull: no such host', { cause: new Error('no such host') });
    expect(renderError(error)).toBe('error: cannot pull: no such host');
  });
});

describe('an unexpected failure', () => {
  it('is shown as a bug, with its stack trace', () => {
    expect(renderError(new TypeError('x is not a function'))).toMatch(
      /^This is a bug in vcluster-box, please report it\.\nTypeError: x is not a function\n\s+at /,
    );
  });
});
