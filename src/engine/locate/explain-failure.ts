import { engineMessage } from '../engine-error.ts';

export interface Failure {
  /** why there is no engine to be had there */
  readonly failure: string;
  /** of that failure, if there is something better to do than to start an engine */
  readonly hint?: string;
}

/** Why an engine did not answer, in words for who wants to reach it. */
export function explainFailure(error: unknown, patienceMs: number): Failure {
  const { code, syscall } = error as NodeJS.ErrnoException;
  // A file that is missing, such as a certificate, has the same code, and is named in the message.
  if (code === 'ENOENT' && syscall === 'connect') return { failure: 'no such socket' };
  const said = engineMessage(error);
  switch (code) {
    case 'ECONNREFUSED':
      return { failure: 'nobody listens there' };
    case 'EACCES':
      return { failure: 'permission denied', hint: groupHint };
    case 'ABORT_ERR':
      return { failure: `no answer within ${patienceMs / 1000} s` };
    case undefined:
    default:
      return explainTls(code, said) ?? { failure: said };
  }
}

function explainTls(code: string | undefined, said: string): Failure | undefined {
  if (code === 'EPROTO') {
    return {
      failure: 'it does not speak TLS',
      hint: 'Unset DOCKER_TLS_VERIFY, or use the port with TLS, 2376 mostly.',
    };
  }
  // What Go's net/http answers, in which engines are written.
  if (said.startsWith(plainRequest)) return { failure: 'it speaks TLS only', hint: certificateHint };
  return code !== undefined && aboutCertificates.test(code) ? { failure: said, hint: certificateHint } : undefined;
}

const plainRequest = 'Client sent an HTTP request to an HTTPS server';

/** OpenSSL's names and Node's: of `tls.connect`, and of an alert by which the engine refuses ours. */
const aboutCertificates = /CERT|^ERR_SSL|^UNABLE_TO/;

const certificateHint =
  'Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem; or name a docker context that has them.';
const groupHint = 'Get leave to use it: `sudo usermod -aG docker "$USER"`, then log in again.';
