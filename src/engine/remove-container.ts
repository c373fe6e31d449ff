import { type Connection, request } from './connection.ts';

export async function removeContainer(connection: Connection, container: string): Promise<void> {
  const handle = connection.docker.getContainer(container);
  const done = () => undefined;
  await request<unknown>(connection, `remove container ${container}`, () => handle.remove({ force: true, v: true }), {
    404: done,
    // Somebody else is removing it: we are done when they are.
    409: () =>
      request<unknown>(connection, `remove container ${container}`, () => handle.wait({ condition: 'removed' }), {
        404: done,
      }),
  });
}

export async function removeStopped(connection: Connection, container: string): Promise<boolean> {
  const handle = connection.docker.getContainer(container);
  return request(connection, `remove container ${container}`, async () => (await handle.remove({ v: true }), true), {
    404: () => true,
    // It runs, is paused, or somebody else is removing it.
    409: () => false,
  });
}
