/**
 * What happens while a command runs.  The core reports events; `ui/` decides how they look.
 *
 * A run announces its steps, then each is started and ends in exactly one of done, skipped, failed.
 */
export type Event =
  | RunStarted
  | StepStarted
  | StepProgress
  | StepOutput
  | StepDone
  | StepSkipped
  | StepFailed
  | TestEnded
  | Warning
  | Notice
  | RunEnded;

/** An event of one step. */
export type StepEvent = Extract<Event, { readonly id: string }>;

export type Report = (event: Event) => void;

/** All steps are known beforehand, in order. */
export interface RunStarted {
  readonly type: 'run-started';
  readonly title: string;
  readonly steps: readonly { readonly id: string; readonly title: string }[];
}

export interface StepStarted {
  readonly type: 'step-started';
  readonly id: string;
  readonly title: string;
}

/** How far a step is, in one short phrase: `node daemons 7/20`. */
export interface StepProgress {
  readonly type: 'step-progress';
  readonly id: string;
  readonly text: string;
}

/** A line that a tool printed (a package manager, a daemon): detail, shown where there is room for it. */
export interface StepOutput {
  readonly type: 'step-output';
  readonly id: string;
  readonly line: string;
}

export interface StepDone {
  readonly type: 'step-done';
  readonly id: string;
  readonly title: string;
  readonly elapsedMs: number;
}

/** Nothing had to be done; `reason` says why (`image is there already`). */
export interface StepSkipped {
  readonly type: 'step-skipped';
  readonly id: string;
  readonly title: string;
  readonly reason: string;
}

export interface StepFailed {
  readonly type: 'step-failed';
  readonly id: string;
  readonly title: string;
}

/** One test of many that a step consists of. */
export interface TestEnded {
  readonly type: 'test-ended';
  /** of the step */
  readonly id: string;
  readonly test: string;
  /** what it is of, in words; may be empty */
  readonly title: string;
  /** `known`: it failed, as it was expected to */
  readonly outcome: 'passed' | 'failed' | 'known' | 'skipped';
  readonly elapsedMs: number;
  readonly reason?: string;
}

export interface Warning {
  readonly type: 'warning';
  readonly message: string;
  readonly hint?: string;
}

export interface Notice {
  readonly type: 'notice';
  readonly message: string;
}

export interface RunEnded {
  readonly type: 'run-ended';
}
