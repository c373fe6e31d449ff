import { expect, it } from 'vitest';
import { isBuilderMessage, shortenFailure } from '../../../src/engine/build-image.ts';

it.each(['Step 5/15 : RUN true', ' ---> Running in 3222944c202f', 'Removing intermediate container 3222944c202f'])(
  '"%s" is a message of the builder',
  (line) => {
    expect(isBuilderMessage(line)).toBe(true);
  },
);

it('the output of a program is not a message of the builder', () => {
  expect(isBuilderMessage('E: Unable to locate package ganeti')).toBe(false);
});

it('a failure shows only the start of a long command, and its exit status', () => {
  const command = `/bin/sh -c set -eu;\n    ${'apt-get update; '.repeat(100)}`;
  const short = shortenFailure(`The command '${command}' returned a non-zero code: 100`);
  expect(short).toMatch(
    /^The command '\/bin\/sh -c set -eu; apt-get update; .* \.\.\.' returned a non-zero code: 100$/,
  );
  expect(short.length).toBeLessThan(180);
});

it.each(["The command '/bin/sh -c exit 3' returned a non-zero code: 3", 'no space left on device'])(
  'the failure "%s" is not shortened',
  (failure) => {
    expect(shortenFailure(failure)).toBe(failure);
  },
);
