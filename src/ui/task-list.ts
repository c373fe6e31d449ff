import type { ListrDefaultRendererLogLevels, ListrDefaultRendererOptionsStyle, ListrTask } from 'listr2';
import { elapsed } from './elapsed.ts';

/** Shows tasks, one after the other, on a terminal until the last has ended or one has failed. */
export async function showTasks(tasks: ListrTask[], stream: NodeJS.WritableStream, color: boolean): Promise<void> {
  // It takes 100 ms to load, which only a terminal need wait for.
  const listr = await import('listr2');
  const { createWritable, Listr, LISTR_DEFAULT_RENDERER_STYLE, ListrLogger, PRESET_TIMER, ProcessOutput } = listr;
  // It keeps from its two streams what others write to them while it draws.  It must leave stdout alone.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- it uses what any stream has
  const streams = [stream, createWritable(() => undefined)] as [NodeJS.WriteStream, NodeJS.WriteStream];
  const output = new ProcessOutput(...streams, { leaveEmptyLine: false });
  const list = new Listr(tasks, {
    renderer: 'default',
    forceTTY: true, // it would look at stdout, and we draw on stderr
    registerSignalListeners: false, // its listener ends the process; ours must clean up first
    exitOnError: true,
    rendererOptions: {
      ...(!color && colorless(LISTR_DEFAULT_RENDERER_STYLE)),
      logger: new ListrLogger<ListrDefaultRendererLogLevels>({ useIcons: true, processOutput: output }),
      formatOutput: 'truncate',
      showErrorMessage: false, // `renderError` says it, once
      timer: { ...PRESET_TIMER, condition: (ms) => ms >= 100, field: elapsed, ...(!color && { format: () => plain }) },
    },
  });
  // The failure of a task is the failure of its step, whose error goes its own way.
  await list.run().catch(() => undefined);
}

const plain = (text?: string) => text ?? '';

function colorless(style: ListrDefaultRendererOptionsStyle): ListrDefaultRendererOptionsStyle {
  return { color: Object.fromEntries(Object.keys(style.color ?? {}).map((level) => [level, plain])) };
}
