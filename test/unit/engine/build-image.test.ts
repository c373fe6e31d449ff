import { expect, it } from 'vitest';
import { isBuilderMessage, shortenFailure } from '../../../src/engine/build-image.ts';

it.each(['Step 5/15 : RUN true', ' ---> Running in 3222944c202f', 'Removing intermediate container 3222944c202f'])(
  'the builder says "%s", and no program that it runs',
  (line) => {
    expect(isBuilderMessage(line)).toBe(true);
  },
);

it('what a program prints is not taken for the builder’s', () => {
  expect(isBuilderMessage('E: Unable to locate package ganeti')).toBe(false);
});

it('a failure shows the beginning of a long command only, and its status', () => {
  const command = `/bin/sh -c set -eu;\n    ${'apt-get update; '.repeat(100)}`;
  const short = shortenFailure(`The command '${command}' returned a non-zero code: 100`);
  expect(short).toMatch(
    /^The command '\/bin\/sh -c set -eu; apt-get update; .* \.\.\.' returned a non-zero code: 100$/,
  );
  expect(short.length).toBeLessThan(180);
});

it.each(["The command '/bin/sh -c exit 3' returned a non-zero code: 3", 'no space left on device'])(
  'the failure "%s" stays as it is',
  (failure) => {
    expect(shortenFailure(failure)).toBe(failure);
  },
);
