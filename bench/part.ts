import type { Cli } from './cli.ts';

/** What a part needs to measure. */
export interface Bench {
  readonly cli: Cli;
  /** runs programs also after an interruption, to remove what was created */
  readonly cleaner: Cli;
  readonly image: string;
  readonly record: (series: string, value: number) => void;
}

/** Measurements that are selected together.  Each part creates and removes its own clusters. */
export interface Part {
  readonly name: string;
  readonly about: string;
  /** about how long one run takes on two cores */
  readonly seconds: number;
  /** whether it runs only when it is named, or with `--large` */
  readonly large?: boolean;
  readonly measure: (bench: Bench) => Promise<void>;
  /** instead of `measure`, if that takes long */
  readonly warmUp?: (bench: Bench) => Promise<void>;
}
