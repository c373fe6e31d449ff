/** The place in docs/limitations.md that says why a command does not work as the document has it. */
export interface Short {
  readonly status: 'adapted' | 'no';
  /** a heading in docs/limitations.md */
  readonly reason: string;
}

/** One command of a document. */
export interface Step extends Partial<Short> {
  /** The command line. Names, sizes and what the document leaves out ("...") are ours. */
  readonly command: string;
  /** What can be seen, in our words. */
  readonly see: string;
  /** The node where it is typed; default: the master. */
  readonly on?: string;
  /** What is typed at its questions; the command gets a terminal then. */
  readonly typed?: string;
  /** What is typed without a terminal of its own. */
  readonly input?: string;
  /** Exit status; default 0. */
  readonly exit?: number;
  /** What it prints. */
  readonly shows?: readonly RegExp[];
  /** What it does not print. */
  readonly hides?: readonly RegExp[];
  /** What is run in its place, if it is adapted; `no`: nothing is. */
  readonly instead?: string;
  /** Commands that bring about what the document takes for granted. */
  readonly before?: readonly string[];
  /** A command on the master that succeeds, at the latest after a while, when the step has had its effect. */
  readonly after?: string;
}

/** The commands of one section, in the order of the document. */
export interface Section {
  readonly section: string;
  readonly steps: readonly Step[];
}

/** All commands of a document that has sections. */
export interface Book {
  readonly title: string;
  /** The number of commands of each section, as counted in the document. */
  readonly counted: Readonly<Record<string, number>>;
  readonly sections: readonly Section[];
}

/** How many commands of a book work as written, adapted, or not at all. */
export function count({ sections }: Book): Readonly<Record<'works' | 'adapted' | 'no', number>> {
  const steps = sections.flatMap(({ steps: each }) => each);
  const having = (status?: Short['status']) => steps.filter((step) => step.status === status).length;
  return { works: having(), adapted: having('adapted'), no: having('no') };
}
