import { AddressMissingError, EngineError, PortTakenError } from '../errors.ts';

/**
 * A port in use has no HTTP status of its own, so we match the engine's message.  "allocated" is from the engine's own
 * table of ports, "in use" from the kernel.
 */
const portInUse = /port is already allocated|address already in use/i;

/** "listen udp4 192.0.2.7:4790: bind: cannot assign requested address" */
const addressMissing = /(?:tcp|udp)\d? (\S+?)(:\d+): bind: cannot assign requested address/i;

/** "error setting rlimit type 7: operation not permitted" */
const limitRefused = /setting rlimit.*operation not permitted/i;

/** The same failure of a start with a short message if its cause is a port, an address or a limit. */
export function explainStartFailure(error: EngineError): EngineError {
  const { message } = error;
  if (portInUse.test(message)) {
    // "Bind for 127.0.0.1:5080 failed", "listen tcp4 127.0.0.1:5080: bind",
    // "host port for 127.0.0.1:5080:172.17.0.2:80/tcp"
    const [, address] = /(?:for|tcp\d?|udp\d?) (\S*?:\d+)\b/.exec(message) ?? [];
    const text = address === undefined ? message : `${address} is in use on the engine's host`;
    return new PortTakenError(text, { cause: error });
  }
  if (limitRefused.test(message)) {
    return new EngineError('the engine is not permitted to raise the limit of open files', {
      hint: 'clusters need 4096 per process: raise the limit of the engine (LimitNOFILE)',
      cause: error,
    });
  }
  const [, address, port = ''] = addressMissing.exec(message) ?? [];
  if (address === undefined) return error;
  return new AddressMissingError(`cannot publish ${address}${port}: ${address} is not an address of the engine's host`);
}
