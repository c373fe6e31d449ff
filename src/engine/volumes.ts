import type { VolumeInspectInfo } from 'dockerode';
import { type Connection, request } from './connection.ts';
import type { Labels, VolumeSummary } from './engine.ts';
import { labelFilter } from './label-filter.ts';

export async function findVolumes(connection: Connection, labels: Labels): Promise<readonly VolumeSummary[]> {
  const { Volumes } = await request(connection, 'list the volumes', () =>
    connection.docker.listVolumes({ filters: labelFilter(labels) }),
  );
  // `null` when there is none, whatever the types say.
  return ((Volumes as typeof Volumes | null) ?? []).map(toSummary);
}

export async function removeVolume(connection: Connection, volume: string): Promise<void> {
  await request<unknown>(connection, `remove volume ${volume}`, () => connection.docker.getVolume(volume).remove(), {
    404: () => undefined,
  });
}

/** The types do not know of the time, which all engines tell. */
function toSummary({ Name, Labels, ...rest }: VolumeInspectInfo & { readonly CreatedAt?: string }): VolumeSummary {
  return { name: Name, createdAt: Math.floor(Date.parse(rest.CreatedAt ?? '') / 1000), labels: Labels };
}
