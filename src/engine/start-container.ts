import { AddressMissingError, EngineError, PortTakenError } from '../errors.ts';
import { type Connection, request } from './connection.ts';

export async function startContainer(connection: Connection, container: string): Promise<void> {
  try {
    await request<unknown>(
      connection,
      `start container ${container}`,
      () => connection.docker.getContainer(container).start(),
      { 304: () => undefined },
    );
  } catch (error) {
    throw explain(error);
  }
}

/**
 * That a port is in use has no status of its own, so here the engine's words must do.  `allocated` is its own book of
 * ports, `in use` the kernel's.
 */
const portInUse = /port is already allocated|address already in use/i;

function explain(error: unknown): unknown {
  const taken = asPortTaken(error);
  return taken ?? asAddressMissing(error) ?? error;
}

/** "listen udp4 192.0.2.7:4790: bind: cannot assign requested address" */
function asAddressMissing(error: unknown): AddressMissingError | undefined {
  if (!(error instanceof EngineError) || !/cannot assign requested address/i.test(error.message)) return undefined;
  return new AddressMissingError(error.message, { cause: error });
}

function asPortTaken(error: unknown): PortTakenError | undefined {
  if (!(error instanceof EngineError) || !portInUse.test(error.message)) return undefined;
  // "Bind for 127.0.0.1:5080 failed", "listen tcp4 127.0.0.1:5080: bind", "host port for 127.0.0.1:5080:172.17.0.2:80/tcp"
  const [, address] = /(?:for|tcp\d?|udp\d?) (\S*?:\d+)\b/.exec(error.message) ?? [];
  const message = address === undefined ? error.message : `${address} is in use on the engine's host`;
  return new PortTakenError(message, { cause: error });
}
