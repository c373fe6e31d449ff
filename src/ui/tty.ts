import type { Event } from '../events.ts';
import { announcedStep, type AnnouncedStep } from './announced-step.ts';
import type { Face } from './face.ts';
import { plainFace, type PlainOptions } from './plain.ts';
import { showTasks } from './task-list.ts';

/** A list of all steps, drawn anew as they go on; each shows the last line of its output while it runs. */
export function ttyFace(stream: NodeJS.WritableStream, options: PlainOptions & { readonly color: boolean }): Face {
  const plain = plainFace(stream, options);
  let steps = new Map<string, AnnouncedStep>();
  let shown = Promise.resolve();
  let later: Event[] = [];
  const settle = async () => {
    for (const step of steps.values()) step.end('done');
    steps = new Map();
    await shown;
    for (const event of later) plain.report(event);
    later = [];
  };
  return {
    settled: settle,
    report: (event) => {
      if (event.type === 'run-started') {
        for (const step of steps.values()) step.end('done');
        steps = new Map(event.steps.map(({ id, title }) => [id, announcedStep(title)]));
        const tasks = [...steps.values()].map(({ task }) => task);
        // A command may do several things one after the other: then this list is drawn below the last one.
        shown = shown.then(() => showTasks(tasks, stream, options.color));
        return;
      }
      const step = 'id' in event && steps.get(event.id);
      if (step) tell(step, event);
      else if (steps.size > 0) later.push(event);
      else plain.report(event);
    },
  };
}

type StepEvent = Extract<Event, { readonly id: string }>;

function tell(step: AnnouncedStep, event: StepEvent): void {
  switch (event.type) {
    case 'step-started':
      step.title(event.title);
      break;
    case 'step-progress':
      step.output(event.text);
      break;
    case 'step-output':
      step.output(event.line);
      break;
    case 'test-ended':
      step.output(`${event.outcome}: ${event.test} ${event.title}`);
      break;
    case 'step-done':
      step.title(event.title);
      step.end('done');
      break;
    case 'step-skipped':
      step.skip(`${event.title}: ${event.reason}`);
      step.end('done');
      break;
    case 'step-failed':
      step.end('failed');
      break;
  }
}
