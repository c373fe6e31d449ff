import type { ContainerInfo } from 'dockerode';
import { type Connection, request } from './connection.ts';
import type { ContainerState, ContainerSummary, Labels } from './engine.ts';
import { labelFilter } from './label-filter.ts';

/** Stopped ones too. */
export async function findContainers(connection: Connection, labels: Labels): Promise<readonly ContainerSummary[]> {
  const found = await request(connection, 'list the containers', () =>
    connection.docker.listContainers({ all: true, filters: labelFilter(labels) }),
  );
  return found.map(toSummary);
}

function toSummary({ Id, Names, Image, State, Created, Labels }: ContainerInfo): ContainerSummary {
  // A legacy link adds names such as /other/alias; the container's own has but one slash.
  const name = Names.find((one) => one.lastIndexOf('/') === 0) ?? Names[0] ?? Id;
  return {
    id: Id,
    name: name.replace(/^\//, ''),
    image: Image,
    state: State as ContainerState,
    createdAt: Created,
    labels: Labels,
  };
}
