import type { Face } from './face.ts';
import { jsonFace } from './json.ts';
import { plainFace } from './plain.ts';
import { ttyFace } from './tty.ts';

export interface FaceOptions {
  readonly progress: 'auto' | 'plain' | 'json';
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  /** whether the stream is a terminal that can be drawn on */
  readonly terminal: boolean;
  readonly now: () => Date;
}

/** On a terminal a list is drawn, unless more (`verbose`) or less is wanted than it shows. */
export function chooseFace(stream: NodeJS.WritableStream, options: FaceOptions): Face {
  if (options.progress === 'json') return jsonFace(stream, options.now);
  const drawn = options.progress === 'auto' && options.terminal && !options.quiet && !options.verbose;
  return drawn ? ttyFace(stream, options) : plainFace(stream, options);
}
