import { describe, expect, it } from 'vitest';
import { type BootProgress, bootProgress } from '../../../../src/cluster/up/boot-progress.ts';
import { sliceStepsFor } from '../../../../src/cluster/up/steps.ts';
import { mergeBoots } from '../../../../src/cluster/spread/merge-boots.ts';
import type { Event } from '../../../../src/events.ts';

const steps = sliceStepsFor({ hosts: [{ endpoint: 'alpha' }, { endpoint: 'beta' }], instances: 0 });

/** What is told of two boots, in short; each line is a host, an event's type and a step of its slice. */
function told(lines: readonly string[]): readonly string[] {
  const events: Event[] = [];
  const merged = mergeBoots((event) => events.push(event), steps, ['alpha', 'beta']);
  const boots = new Map(['alpha', 'beta'].map((host) => [host, bootProgress(merged(host), steps)]));
  for (const line of lines) {
    const [host = '', ...rest] = line.split(' ');
    tell(boots.get(host), rest);
  }
  return events.map(inShort);
}

function tell(boot: BootProgress | undefined, [type = '', step = '', ...words]: readonly string[]): void {
  const text = words.join(' ');
  if (type === 'ready') boot?.end();
  else if (type === 'failed') boot?.fail();
  else boot?.tell({ type, step, text, reason: text, message: text });
}

function inShort(event: Event): string {
  if (event.type === 'warning') return `warning ${event.message}`;
  if (event.type === 'step-progress') return `${event.id}: ${event.text}`;
  if (event.type === 'step-skipped') return `skipped ${event.id}: ${event.reason}`;
  return `${event.type.replace('step-', '')} ${'id' in event ? event.id : ''}`;
}

describe('the boots of several slices', () => {
  it('are told as one: a step is done when all have done it', () => {
    const lines = [
      'alpha step-started network',
      'alpha step-started peers',
      'beta step-started network',
      'beta step-progress network addresses',
      'beta step-started peers',
      'beta step-started join',
      'alpha step-started init',
      'alpha step-progress init this and that',
      'alpha step-started join',
    ];
    expect(told(lines)).toEqual([
      'started boot',
      'boot: 1 of 2 hosts done',
      'boot: 1 of 2 hosts done, beta: addresses',
      'done boot',
      'started peers',
      'peers: 1 of 2 hosts done',
      'peers: 1 of 2 hosts done',
      'done peers',
      'started init',
      'init: 1 of 2 hosts done',
      'init: 1 of 2 hosts done, alpha: this and that',
      'done init',
      'started join',
    ]);
  });

  it('end when all are ready', () => {
    const all = told(['alpha step-started ready', 'beta step-started ready', 'alpha ready', 'beta ready']);
    expect(all.at(-1)).toBe('done ready');
    expect(all.filter((line) => line === 'done ready')).toHaveLength(1);
  });

  it('skip what none of them had to do', () => {
    const lines = ['alpha', 'beta'].flatMap((host) => [
      `${host} step-started peers`,
      `${host} step-skipped peers none`,
      `${host} step-started init`,
    ]);
    expect(told(lines)).toContain('skipped peers: none');
  });

  it('fail once, and warnings name their host', () => {
    const lines = ['alpha step-started network', 'beta warning network so-so', 'beta step-started network'];
    const all = told([...lines, 'alpha failed', 'beta failed']);
    expect(all).toContain('warning host beta: so-so');
    expect(all.filter((line) => line.startsWith('failed'))).toEqual(['failed boot']);
  });
});
