import type { Face } from './face.ts';
import { jsonFace } from './json.ts';
import { plainFace } from './plain.ts';

export interface FaceOptions {
  readonly progress: 'auto' | 'plain' | 'json';
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  /** whether the stream is a terminal that can be drawn on */
  readonly terminal: boolean;
  readonly now: () => Date;
}

export function chooseFace(stream: NodeJS.WritableStream, options: FaceOptions): Face {
  if (options.progress === 'json') return jsonFace(stream, options.now);
  return plainFace(stream, options);
}
