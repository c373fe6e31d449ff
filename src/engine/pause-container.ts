import { type Connection, request } from './connection.ts';

export async function pauseContainer(connection: Connection, container: string): Promise<void> {
  await request<unknown>(connection, `pause container ${container}`, () =>
    connection.docker.getContainer(container).pause(),
  );
}

export async function unpauseContainer(connection: Connection, container: string): Promise<void> {
  await request<unknown>(connection, `unpause container ${container}`, () =>
    connection.docker.getContainer(container).unpause(),
  );
}
