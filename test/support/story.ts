import { it } from 'vitest';

/** Milliseconds that a step can take. */
const patience = 240_000;

type Run = () => Promise<void>;

/**
 * Registers tests of which each needs those before it. A step first runs the earlier steps that have not run, so
 * `-t 'part of its name'` runs it with all that it needs. After a step that failed, the later ones do not run.
 */
export function story(): (name: string, run: Run, timeout?: number) => void {
  const waiting: { readonly name: string; readonly run: Run; readonly timeout: number }[] = [];
  let failed: string | undefined;
  let total = 0;
  return (name, run, timeout = patience) => {
    waiting.push({ name, run, timeout });
    total += timeout;
    const runUntilThis = async ({ skip }: { readonly skip: (note: string) => void }) => {
      if (failed !== undefined) skip(`not run: "${failed}" failed`);
      for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
        failed = step.name;
        await within(step.timeout, step.run()).catch((error: unknown) => {
          if (error instanceof Error && failed !== name) error.message = `in "${failed}": ${error.message}`;
          throw error;
        });
        failed = undefined;
        if (step.name === name) return;
      }
    };
    it(name, runUntilThis, total);
  };
}

/** @throws {Error} when the time is over */
async function within(timeout: number, running: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`not finished after ${timeout / 1000} s`));
    }, timeout);
  });
  await Promise.race([running, over]).finally(() => {
    clearTimeout(timer);
  });
}
