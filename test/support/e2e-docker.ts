import Docker from 'dockerode';
import { testEngine } from './docker-available.ts';

/** The engine that vcluster-box uses, accessed directly, to check results independently. */
export async function docker(): Promise<Docker> {
  const { endpoint } = await testEngine();
  const socket = /^unix:\/\/(.*)$/.exec(endpoint)?.[1];
  return socket === undefined ? new Docker() : new Docker({ socketPath: socket });
}
