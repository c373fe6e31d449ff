import { vcluster, type CliOptions } from './cli.ts';

export interface Started {
  readonly program: ReturnType<typeof vcluster>;
  /** Waits until the program has printed or reported this; rejects if the program ends first. */
  readonly until: (text: string) => Promise<void>;
}

/** Starts the program, for tests that act while it runs. */
export function startCli(args: readonly string[], options: CliOptions = {}): Started {
  const program = vcluster(args, options);
  let told = '';
  const waiting = new Set<() => void>();
  for (const stream of [program.stdout, program.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      told += text;
      for (const look of waiting) look();
    });
  }
  const until = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!told.includes(text)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
      void program.then(({ exitCode }) => {
        reject(new Error(`it ended with ${exitCode} before it said "${text}":\n${told}`));
      });
    });
  return { program, until };
}
