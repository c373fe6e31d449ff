import { describe, expect, it } from 'vitest';
import { type BootProgress, bootProgress } from '../../../../src/cluster/up/boot-progress.ts';
import { bootSteps } from '../../../../src/cluster/up/steps.ts';
import type { Event } from '../../../../src/events.ts';

const severalHosts = ['alpha', 'beta'].map((endpoint) => ({ endpoint, named: true }));

/** The reported boot events in short; each line is a host, an event type and a step of its slice. */
function reported(lines: readonly string[], hosts = severalHosts): readonly string[] {
  const events: Event[] = [];
  const steps = bootSteps({ hosts: hosts.length, instances: 0 });
  const progressOf = bootProgress((event) => events.push(event), steps, hosts);
  const boots = new Map(hosts.map((host) => [host.endpoint, progressOf(host)]));
  for (const line of lines) {
    const [host = '', ...rest] = line.split(' ');
    report(boots.get(host), rest);
  }
  return events.map(inShort);
}

function report(boot: BootProgress | undefined, [type = '', step = '', ...words]: readonly string[]): void {
  const text = words.join(' ');
  if (type === 'ready') boot?.end();
  else if (type === 'failed') boot?.fail();
  else boot?.event({ type, step, text, reason: text, message: text });
}

function inShort(event: Event): string {
  if (event.type === 'warning') return `warning ${event.message}`;
  if (event.type === 'step-progress') return `${event.id}: ${event.text}`;
  if (event.type === 'step-skipped') return ['skipped', event.id, event.reason].filter(Boolean).join(' ');
  return `${event.type.replace('step-', '')} ${'id' in event ? event.id : ''}`;
}

describe('the boots of several slices', () => {
  it('are reported as one: a step is done when all slices have done it', () => {
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
    expect(reported(lines)).toEqual([
      'started boot',
      'boot: 1 of 2 hosts done',
      'boot: 1 of 2 hosts done, host beta: addresses',
      'done boot',
      'started peers',
      'peers: 1 of 2 hosts done',
      'done peers',
      'started init',
      'init: 1 of 2 hosts done',
      'init: 1 of 2 hosts done, host alpha: this and that',
      'done init',
      'started join',
    ]);
  });

  it('end when all slices are ready', () => {
    const all = reported(['alpha step-started ready', 'beta step-started ready', 'alpha ready', 'beta ready']);
    expect(all.at(-1)).toBe('done ready');
    expect(all.filter((line) => line === 'done ready')).toHaveLength(1);
  });

  it('skip the steps that all slices skip', () => {
    const lines = ['alpha', 'beta'].flatMap((host) => [
      `${host} step-started peers`,
      `${host} step-skipped peers none`,
      `${host} step-started init`,
    ]);
    expect(reported(lines)).toContain('skipped peers none');
  });

  it('fail once, and warnings name their host', () => {
    const lines = ['alpha step-started network', 'beta warning network so-so', 'beta step-started network'];
    const all = reported([...lines, 'alpha failed', 'beta failed']);
    expect(all).toContain('warning host beta: so-so');
    expect(all.filter((line) => line.startsWith('failed'))).toEqual(['failed boot']);
  });
});

describe('the boot of the only slice', () => {
  const alone = [{ endpoint: 'default', named: false }];

  it('is reported without the name of its host', () => {
    const lines = [
      'default step-started network',
      'default step-progress network addresses',
      'default warning network so-so',
      'default step-started init',
      'default step-skipped init it exists',
      'default step-started daemons',
      'default ready',
    ];
    expect(reported(lines, alone)).toEqual([
      'started boot',
      'boot: addresses',
      'warning so-so',
      'done boot',
      'started init',
      'skipped init it exists',
      'skipped join',
      'started daemons',
      'done daemons',
      'skipped ready',
    ]);
  });
});
