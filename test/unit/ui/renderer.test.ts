import { on } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../../src/events.ts';
import { selectRenderer, type RendererOptions } from '../../../src/ui/renderer.ts';

const ordinary: RendererOptions = {
  progress: 'auto',
  quiet: false,
  verbose: false,
  color: false,
  terminal: false,
  now: () => new Date('2024-01-02T03:04:05Z'),
};

const image = { id: 'image', title: 'Image' };
const cluster = { id: 'cluster', title: 'Cluster' };
const started: Event = { type: 'run-started', title: 'Creating cluster demo', steps: [image, cluster] };
const wholeRun: readonly Event[] = [
  started,
  { type: 'step-skipped', ...image, reason: 'it already exists' },
  { type: 'warning', message: 'memory is short', hint: 'use fewer nodes' },
  { type: 'step-started', ...cluster },
  { type: 'step-output', id: 'cluster', line: 'init: ok' },
  { type: 'step-progress', id: 'cluster', text: 'nodes 2/3' },
  { type: 'step-done', ...cluster, elapsedMs: 65_000 },
  { type: 'run-ended' },
];

/** Everything written to the stream for these events. */
async function shown(events: readonly Event[], options: Partial<RendererOptions> = {}): Promise<string> {
  const stream = new PassThrough();
  const written = text(stream);
  const renderer = selectRenderer(stream, { ...ordinary, ...options });
  for (const event of events) renderer.report(event);
  renderer.flush();
  stream.end();
  return written;
}

describe('plain progress', () => {
  it('has one line for the start and one for the end of each step', async () => {
    expect(await shown(wholeRun)).toBe(
      [
        'Creating cluster demo',
        '   - Image: it already exists',
        'warning: memory is short',
        '   hint: use fewer nodes',
        ' ... Cluster',
        '  ok Cluster (1 min 5 s)',
        '',
      ].join('\n'),
    );
  });

  it.each([false, true])('leaves out skipped steps without a reason, on a terminal: %s', async (terminal) => {
    const events: readonly Event[] = [started, { type: 'step-skipped', ...image }, { type: 'run-ended' }];
    const lines = (await shown(events, { terminal })).split('\n');
    expect(lines.slice(terminal ? 2 : 0).join('\n')).not.toContain('Image');
  });

  it('includes the output of tools with --verbose', async () => {
    expect(await shown(wholeRun, { verbose: true })).toContain('\n     init: ok\n     nodes 2/3\n');
  });

  it('shows only warnings with --quiet', async () => {
    expect(await shown(wholeRun, { quiet: true, terminal: true })).toBe(
      'warning: memory is short\n   hint: use fewer nodes\n',
    );
  });

  it('names the step that failed', async () => {
    expect(await shown([{ type: 'step-failed', ...cluster }])).toBe('FAIL Cluster\n');
  });
});

describe('JSON progress', () => {
  it('has one event with its time per line', async () => {
    const lines = (await shown(wholeRun, { progress: 'json', terminal: true })).trimEnd().split('\n');
    const time = '2024-01-02T03:04:05.000Z';
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(wholeRun.map((event) => ({ time, ...event })));
  });
});

describe('progress on a terminal', () => {
  const onTerminal = async (events: readonly Event[]) =>
    stripVTControlCharacters(await shown(events, { terminal: true })).split('\n');

  it('ends with a list of all steps, followed by warnings', async () => {
    const lines = await onTerminal(wholeRun);
    expect(lines.slice(-5)).toEqual([
      expect.stringContaining('Image: it already exists'),
      expect.stringContaining('✔ Cluster'),
      'warning: memory is short',
      '   hint: use fewer nodes',
      '',
    ]);
  });

  it.each([true, false])('shows how long a step took (color: %s)', async (color) => {
    const events: readonly Event[] = [
      started,
      { type: 'step-started', ...image },
      { type: 'step-done', ...image, elapsedMs: 150 },
      { type: 'step-started', ...cluster },
      { type: 'step-done', ...cluster, elapsedMs: 99 },
    ];
    const output = await shown(events, { terminal: true, color });
    expect(output.includes('\u001b[32m✔')).toBe(color);
    expect(stripVTControlCharacters(output).split('\n').slice(-3)).toEqual(['✔ Image [0.1 s]', '✔ Cluster', '']);
  });

  it('is redrawn while a step runs, truncated to the size of the terminal', async () => {
    const stream = Object.assign(new PassThrough(), { columns: 20, rows: 4 });
    const renderer = selectRenderer(stream, { ...ordinary, terminal: true });
    const frames = on(stream, 'data', { signal: AbortSignal.timeout(5000) });
    renderer.report(started);
    renderer.report({ type: 'step-started', id: 'image', title: 'Building the slice image' });
    renderer.report({ type: 'step-output', id: 'image', line: '\u001b[31mUnpacking\ta long package name' });
    await frames.next();
    const { value } = (await frames.next()) as { readonly value: readonly [Buffer] };
    renderer.flush();
    const [first, ...others] = stripVTControlCharacters(value[0].toString()).split('\n');
    expect(first).toMatch(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Building.*…/);
    expect(others).toEqual(['  › Unpacking a lo…', '◼ Cluster', '']);
    for (const line of [first ?? '', ...others]) expect(line.length).toBeLessThan(20);
  });

  it('never hides the cursor, and turns line wrapping on again after each write', async () => {
    const output = await shown(wholeRun, { terminal: true });
    expect(output).not.toContain('\u001b[?25');
    expect(output.split('\u001b[?7l').length).toBe(output.split('\u001b[?7h').length);
  });

  it('marks the failed step, but not those after it', async () => {
    const lines = await onTerminal([
      started,
      { type: 'step-started', ...image },
      { type: 'step-failed', ...image },
      { type: 'run-ended' },
    ]);
    expect(lines.at(-3)).toBe('✖ Image');
    expect(lines.join('\n')).not.toContain('✔');
  });

  it('ends when the run stops without an event', async () => {
    expect((await onTerminal([started, { type: 'step-started', ...image }])).join('\n')).toContain('Image');
  });

  it('prints plain lines for events outside a run', async () => {
    expect(await onTerminal([{ type: 'notice', message: 'removed cluster demo' }])).toEqual([
      'removed cluster demo',
      '',
    ]);
  });

  it('prints plain lines with --verbose', async () => {
    expect(await shown(wholeRun, { terminal: true, verbose: true })).toBe(await shown(wholeRun, { verbose: true }));
  });
});
