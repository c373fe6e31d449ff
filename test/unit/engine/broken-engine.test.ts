import { Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { timeLimit } from '../../../src/engine/settle-requests.ts';
import { VclusterError } from '../../../src/errors.ts';
import { ofCluster } from '../../../src/plan/labels.ts';
import { brokenEngine, type Fault, faults } from '../../support/broken-engine.ts';
import type { FakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

const never = new AbortController().signal;
const discard = () =>
  new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });

/** Requests of each kind. */
const requests: Readonly<Record<string, (engine: Engine) => Promise<unknown>>> = {
  describe: (engine) => engine.describe(),
  findContainers: (engine) => engine.findContainers({}),
  inspectContainer: (engine) => engine.inspectContainer('x'),
  findNetworks: (engine) => engine.findNetworks({}),
  findImages: (engine) => engine.findImages({}),
  inspectImage: (engine) => engine.inspectImage('x'),
  createNetwork: (engine) => engine.createNetwork({ name: 'x', labels: {} }),
  readFile: (engine) => engine.readFile('x', '/etc/hostname'),
  inspectPath: (engine) => engine.inspectPath('x', '/etc'),
  exec: (engine) => engine.exec('x', { argv: ['true'] }, { stdout: discard(), stderr: discard() }),
};

const commands = ['ls', 'status x', 'info x', 'exec -c x node1 true', 'down x', 'logs x', 'node rm -c x node1'];

describe.each(Object.entries<Fault>(faults))('of an engine that %s', (_, fault) => {
  it('each request ends with an error', async () => {
    const engine = await brokenEngine(fault);
    await Promise.all(
      Object.entries(requests).map(([name, send]) => expect(send(engine), name).rejects.toBeInstanceOf(VclusterError)),
    );
  });

  it('each command ends with an error', async () => {
    const engine = await brokenEngine(fault);
    await expectFailures([...commands, 'up x'], engine, /: 125\n(.*\n)*error: cannot list containers: /);
  });

  it('each command ends with an error after it found its cluster', async () => {
    const slice = { Id: 'abc', Names: ['/slice'], Image: 'x', State: 'running', Created: 1, Labels: ofCluster('x') };
    const engine = await brokenEngine((request, response) =>
      request.url?.startsWith('/containers/json') ? response.end(JSON.stringify([slice])) : fault(request, response),
    );
    await expectFailures(commands, engine, /: 125\n(.*\n)*error: /);
  });
});

async function expectFailures(lines: readonly string[], engine: FakeEngine, message: RegExp): Promise<void> {
  await Promise.all(
    lines.map(async (line) => {
      const { status, stderr } = await runCli(line.split(' '), { engine });
      expect(`${line}: ${status}\n${stderr}`).toMatch(message);
    }),
  );
}

describe('the error', () => {
  const failure = async (name: keyof typeof faults, send: (engine: Engine) => Promise<unknown>) => {
    const error: unknown = await send(await brokenEngine(faults[name])).catch((reason: unknown) => reason);
    const { message, cause } = error as Error;
    return [message.replace(/ at unix:\S+/, ''), ...(cause instanceof Error ? [cause.message] : [])];
  };
  const list = requests['findContainers'] as (engine: Engine) => Promise<unknown>;

  it('says that there was no answer', async () => {
    expect(await failure('does not answer', list)).toEqual([
      'cannot list containers: the connection to the Docker engine failed',
      'no answer within 0.2 s',
    ]);
  });

  it('names what is wrong with an answer', async () => {
    expect(await failure('cuts its JSON', list)).toContain(
      'cannot list containers: the answer of the engine is invalid: it is not JSON',
    );
    expect(await failure('answers a list of numbers', list)).toContain(
      'cannot list containers: the answer of the engine is invalid: [0] is number, not an object',
    );
  });

  it('has the message of the engine', async () => {
    expect(await failure('answers 500', list)).toEqual(['cannot list containers: database is locked']);
    expect(await failure('answers 502 in HTML', list)).toEqual([
      'cannot list containers: HTTP 502: <h1>Bad Gateway</h1>',
    ]);
  });
});

describe('a transfer', () => {
  it('that stalls fails', async () => {
    const engine = await brokenEngine(faults['stops within an answer']);
    const archive = await engine.readArchive('x', '/etc', never);
    await expect(buffer(archive)).rejects.toThrow('cannot read /etc in container x');
  });

  it('that the engine does not read fails', async () => {
    const engine = await brokenEngine((request) => request.pause());
    const endless = Readable.from(repeat(Buffer.alloc(65_536)));
    await expect(engine.writeArchive('x', '/srv', endless, never)).rejects.toThrow('cannot write to /srv');
  });

  it('can wait for us longer than for the engine', async () => {
    const engine = await brokenEngine((request, response) => {
      if (request.method === 'GET') response.end(Buffer.alloc(1_000_000));
      else request.resume().on('end', () => response.end());
    });
    const slowly = async function* () {
      await delay(500);
      yield Buffer.alloc(1024);
    };
    await engine.writeArchive('x', '/srv', Readable.from(slowly()), never);
    const archive = await engine.readArchive('x', '/etc', never);
    await delay(500);
    expect(await buffer(archive)).toHaveLength(1_000_000);
  });
});

it('an endless answer is refused', async () => {
  const engine = await brokenEngine((_, response) => Readable.from(repeat(Buffer.alloc(2 ** 20, ' '))).pipe(response));
  await expect(engine.findContainers({})).rejects.toThrow(/^cannot list containers: it is longer than 64 MiB$/);
});

it.each([
  ['GET /containers/json?', 30_000],
  ['GET /containers/x/archive?', 300_000],
  ['GET /images/x/get', 300_000],
  ['GET /distribution/debian:12/json', 10_000],
  ['POST /containers/create?', 300_000],
  ['GET /containers/x/logs?', Infinity],
  ['POST /build?', Infinity],
])('the time limit of %s is %d ms', (request, limit) => {
  expect(timeLimit(request)).toBe(limit);
});

async function* repeat(chunk: Buffer): AsyncGenerator<Buffer> {
  for (;;) {
    await Promise.resolve();
    yield chunk;
  }
}
