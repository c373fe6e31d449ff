import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine, LogLine } from '../../src/engine/engine.ts';
import { createEngineProvider } from '../../src/engine/locate/connect-engine.ts';
import { EngineError } from '../../src/errors.ts';
import { startBox } from '../support/box.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { docker } from '../support/e2e-docker.ts';
import { startPrivateEngine, whyNoPrivateEngine } from '../support/private-engine.ts';
import { testImage } from '../support/test-image.ts';

describe.skipIf(!dockerAvailable)('the log of a container', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await testEngine();
  });

  it('is followed line by line until the container stops', async () => {
    const script = 'printf "grün\\nhalf"; echo bad >&2; sleep 0.1; printf " line\\nlast\\n"';
    await using box = await startBox(engine, { command: ['sh', '-c', script] });
    const lines: LogLine[] = [];
    for await (const line of engine.followLogs(box.name, { follow: true })) lines.push(line);
    const of = (stream: string) => lines.filter((line) => line.stream === stream).map(({ text }) => text);
    expect(of('stdout')).toEqual(['grün', 'half line', 'last']);
    expect(of('stderr')).toEqual(['bad']);
  });

  it('ends without an error when the signal aborts', async () => {
    await using box = await startBox(engine, { command: ['sh', '-c', 'echo begun; exec sleep 1000'] });
    const controller = new AbortController();
    const lines: string[] = [];
    for await (const { text } of engine.followLogs(box.name, { follow: true, signal: controller.signal })) {
      lines.push(text);
      controller.abort();
    }
    expect(lines).toEqual(['begun']);
  });

  it('is read up to its current end without `follow`', async () => {
    await using box = await startBox(engine, { command: ['seq', '1000'] });
    await logOf(engine, box.name);
    const lines: string[] = [];
    for await (const { text } of engine.followLogs(box.name, { follow: false, tail: 2 })) lines.push(text);
    expect(lines).toEqual(['999', '1000']);
  });

  it('cannot be followed if the container does not exist', async () => {
    await expect(logOf(engine, 'vcluster-box-test-nobody')).rejects.toThrow(EngineError);
  });
});

const missing = dockerAvailable ? whyNoPrivateEngine() : 'no engine';

describe.skipIf(missing !== undefined)(`on an engine without readable logs${missing ? ` (${missing})` : ''}`, () => {
  it('the log of a container is read nevertheless', async () => {
    await using none = await startPrivateEngine({ options: ['--log-driver=none'] });
    await none.load(await docker(), await testImage(await testEngine()));
    const engines = createEngineProvider({ env: {}, home: '/nowhere', uid: 0 });
    const engine = await engines.connect(none.endpoint);
    await using box = await startBox(engine, { command: ['sh', '-c', 'echo ready'] });
    expect(await logOf(engine, box.name)).toEqual(['ready']);
  });
});

async function logOf(engine: Engine, container: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { text } of engine.followLogs(container, { follow: true })) lines.push(text);
  return lines;
}
