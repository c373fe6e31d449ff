/**
 * What happens while a command runs.  Use cases report events; `ui/` renders them.
 *
 * A run announces its steps.  A step is skipped, or starts and is then done or failed.
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

/** Announces all steps, in order. */
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

/** The progress of a step in one short phrase: `node daemons 7/20`. */
export interface StepProgress {
  readonly type: 'step-progress';
  readonly id: string;
  readonly text: string;
}

/** A line that a tool printed, such as a package manager or a daemon; not every renderer shows it. */
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
  /** what the slices did in the step; of several slices, the slowest counts */
  readonly parts?: readonly StepPart[];
}

export interface StepPart {
  readonly title: string;
  readonly elapsedMs: number;
}

/** Nothing had to be done; `reason` says why (`image already exists`).  Without a reason, users do not see the step. */
export interface StepSkipped {
  readonly type: 'step-skipped';
  readonly id: string;
  readonly title: string;
  readonly reason?: string;
}

export interface StepFailed {
  readonly type: 'step-failed';
  readonly id: string;
  readonly title: string;
}

/** One of the tests of a step. */
export interface TestEnded {
  readonly type: 'test-ended';
  /** id of the step */
  readonly id: string;
  readonly test: string;
  /** a description; can be empty */
  readonly title: string;
  /** `known`: an expected failure */
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
