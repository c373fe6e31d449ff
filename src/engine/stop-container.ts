import { type Connection, request } from './connection.ts';

export async function stopContainer(connection: Connection, container: string, graceSeconds: number): Promise<void> {
  const done = () => undefined;
  await request(
    connection,
    `stop container ${container}`,
    () => connection.docker.getContainer(container).stop({ t: graceSeconds }),
    { 304: done, 404: done },
  );
}
