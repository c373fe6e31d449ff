import type { ListrTask, ListrTaskWrapper, ListrRendererFactory } from 'listr2';

export type Outcome = 'done' | 'failed';

/** A step that was announced: a task of the list, which ends when the event says that the step did. */
export interface AnnouncedStep {
  readonly task: ListrTask;
  readonly title: (text: string) => void;
  readonly output: (line: string) => void;
  readonly skip: (text: string) => void;
  /** Does nothing when it has ended before. */
  readonly end: (outcome: Outcome) => void;
}

type Wrapper = ListrTaskWrapper<unknown, ListrRendererFactory, ListrRendererFactory>;

/** The list starts its tasks a little later than the steps start, so what comes before that is kept. */
export function announcedStep(title: string): AnnouncedStep {
  let early: ((task: Wrapper) => void)[] = [];
  let started: Wrapper | undefined;
  let end: AnnouncedStep['end'] = () => undefined;
  const ended = new Promise<Outcome>((resolve) => {
    end = resolve;
  });
  const onTask = (change: (task: Wrapper) => void) => {
    if (started === undefined) early.push(change);
    else change(started);
  };
  const run = async (_context: unknown, task: Wrapper) => {
    started = task;
    for (const change of early) change(task);
    early = [];
    if ((await ended) === 'failed') throw new Error(task.title);
  };
  return {
    task: { title, task: run },
    title: (text) => {
      onTask((task) => (task.title = text));
    },
    output: (line) => {
      onTask((task) => (task.output = line));
    },
    skip: (text) => {
      onTask((task) => {
        task.skip(text);
      });
    },
    end,
  };
}
