import { escapeControl } from '../format.ts';
import { plainRenderer, type Renderer } from './plain.ts';
import { terminalRenderer } from './terminal.ts';

export interface RendererOptions {
  readonly progress: 'auto' | 'plain' | 'json';
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  /** whether the stream is a terminal that can be drawn on */
  readonly terminal: boolean;
  readonly now: () => Date;
}

/**
 * By default, a terminal gets a list of steps; with `quiet` or `verbose`, or without a terminal, there are plain lines.
 */
export function selectRenderer(stream: NodeJS.WritableStream, options: RendererOptions): Renderer {
  const { progress, terminal, quiet, verbose } = options;
  if (progress === 'json') return jsonRenderer(stream, options);
  const drawn = progress === 'auto' && terminal && !quiet && !verbose;
  return drawn ? terminalRenderer(stream, options) : plainRenderer(stream, options);
}

/** One event per line with its time, for programs. */
function jsonRenderer(stream: NodeJS.WritableStream, { now }: RendererOptions): Renderer {
  return {
    report: (event) => stream.write(`${escapeControl(JSON.stringify({ time: now().toISOString(), ...event }))}\n`),
    flush: () => undefined,
  };
}
