import type { Hosts } from './hosts.ts';

/** Creates one swarm of all hosts, with the first host as manager. */
export async function makeSwarm({ all: [manager, ...workers] }: Hosts): Promise<void> {
  if (manager === undefined) throw new Error('a swarm has a host');
  const at = (address: string) => ({ ListenAddr: `${address}:2377`, AdvertiseAddr: address });
  await manager.docker.swarmInit(at(manager.address));
  const { JoinTokens } = (await manager.docker.swarmInspect()) as { readonly JoinTokens: { readonly Worker: string } };
  const join = { RemoteAddrs: [`${manager.address}:2377`], JoinToken: JoinTokens.Worker };
  await Promise.all(workers.map(({ docker, address }) => docker.swarmJoin({ ...at(address), ...join })));
}
