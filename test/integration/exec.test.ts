import { PassThrough, Readable, Writable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, ExecCommand } from '../../src/engine/engine.ts';
import { EngineError, OutputClosedError } from '../../src/errors.ts';
import { type Box, startBox } from '../support/box.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';

describe.skipIf(!dockerAvailable)('a command in a container', () => {
  let engine: Engine;
  let box: Box;
  beforeAll(async () => {
    engine = await testEngine();
    box = await startBox(engine);
  });
  afterAll(() => box[Symbol.asyncDispose]());

  /** Runs a command with the given stdin and collects its output. */
  const run = async (argv: readonly string[], options: Partial<ExecCommand> & { stdin?: Buffer } = {}) => {
    const { stdin, ...command } = options;
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const output = Promise.all([buffer(stdout), text(stderr)]);
    const streams = { stdout, stderr, ...(stdin !== undefined && { stdin: Readable.from([stdin]) }) };
    const status = await engine.exec(box.name, { argv, ...command }, streams);
    stdout.end();
    stderr.end();
    const [out, err] = await output;
    return { status, out, stdout: out.toString(), stderr: err };
  };

  it('gets every byte of stdin, and its end', async () => {
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 256));
    const { status, out } = await run(['cat'], { stdin: bytes });
    expect(status).toBe(0);
    expect(out.equals(bytes)).toBe(true);
  });

  it('has an empty stdin by default', async () => {
    expect(await run(['cat'])).toMatchObject({ status: 0, stdout: '' });
  });

  it('can end before it has read all of stdin', async () => {
    const { status, stdout } = await run(['head', '-c', '5'], { stdin: Buffer.alloc(5_000_000, 'x') });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'xxxxx' });
  });

  it('has separate stdout and stderr', async () => {
    const { stdout, stderr } = await run(['sh', '-c', 'echo out; echo err >&2']);
    expect({ stdout, stderr }).toEqual({ stdout: 'out\n', stderr: 'err\n' });
  });

  it.each([0, 1, 42, 127, 255])('returns its exit status: %i', async (status) => {
    expect(await run(['sh', '-c', `exit ${status}`])).toMatchObject({ status });
  });

  it.each([
    ['TERM', 143],
    ['KILL', 137],
  ])('returns 128 + n if SIG%s ends it', async (signal, status) => {
    expect(await run(['sh', '-c', `kill -s ${signal} $$`])).toMatchObject({ status });
  });

  it('returns its exit status even if it ends long after its output', async () => {
    expect(await run(['sh', '-c', 'exec >&- 2>&-; sleep 0.3; exit 7'])).toMatchObject({ status: 7 });
  });

  it('gets the given arguments, variables and directory', async () => {
    const argv = ['sh', '-c', 'echo "$VARIABLE|$PWD|$1|$2"', 'sh', 'a  b', '$HOME *'];
    const { stdout } = await run(argv, { env: { VARIABLE: 'x=y z' }, cwd: '/usr' });
    expect(stdout).toBe('x=y z|/usr|a  b|$HOME *\n');
  });

  it('has a terminal of the given size', async () => {
    const wait = 'until [ "$(stty size)" = "31 97" ]; do :; done; stty size';
    const { status, stdout } = await run(['sh', '-c', wait], { tty: true, size: { columns: 97, rows: 31 } });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '31 97\r\n' });
  });

  it('sends 300 MB to a slow reader in constant memory', async () => {
    const megabyte = 1024 * 1024;
    let [received, most, chunks] = [0, 0, 0];
    const before = memoryInUse();
    const stdout = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        received += chunk.length;
        most = Math.max(most, memoryInUse() - before);
        chunks += 1;
        if (chunks % 8 === 0) setTimeout(done, 1);
        else done();
      },
    });
    const argv = ['sh', '-c', 'yes 0123456789abcde | head -c 314572800'];
    expect(await engine.exec(box.name, { argv }, { stdout, stderr: new PassThrough() })).toBe(0);
    expect(most).toBeLessThan(64 * megabyte);
    expect(received).toBe(300 * megabyte);
  });

  it('fails when the reader of its output closes it', async () => {
    const stdout = new Writable({
      write: (_chunk, _encoding, done) => {
        done(Object.assign(new Error(), { code: 'EPIPE' }));
      },
    });
    const running = engine.exec(box.name, { argv: ['seq', '1000000'] }, { stdout, stderr: new PassThrough() });
    await expect(running).rejects.toThrow(OutputClosedError);
  });

  it('fails with the reason of its signal when that aborts', async () => {
    const reason = new Error('enough');
    const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
    const controller = new AbortController();
    streams.stdout.once('data', () => {
      controller.abort(reason);
    });
    const argv = ['sh', '-c', 'echo begun; exec sleep 30'];
    await expect(engine.exec(box.name, { argv, signal: controller.signal }, streams)).rejects.toBe(reason);
  });

  it('cannot run in a container that does not exist', async () => {
    const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
    await expect(engine.exec('vcluster-box-test-nobody', { argv: ['true'] }, streams)).rejects.toThrow(EngineError);
  });
});

/** Grows with the number of waiting chunks. */
function memoryInUse(): number {
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}
