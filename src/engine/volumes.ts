import { type Connection, request } from './connection.ts';
import type { Labels } from './engine.ts';
import { labelFilter } from './label-filter.ts';

export async function findVolumes(connection: Connection, labels: Labels): Promise<readonly string[]> {
  const { Volumes } = await request(connection, 'list the volumes', () =>
    connection.docker.listVolumes({ filters: labelFilter(labels) }),
  );
  // `null` when there is none, whatever the types say.
  return ((Volumes as typeof Volumes | null) ?? []).map(({ Name }) => Name);
}

export async function removeVolume(connection: Connection, volume: string): Promise<void> {
  await request<unknown>(connection, `remove volume ${volume}`, () => connection.docker.getVolume(volume).remove(), {
    404: () => undefined,
  });
}
