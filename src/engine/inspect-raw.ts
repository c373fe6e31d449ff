import { type Connection, request } from './connection.ts';

export async function inspectRaw(connection: Connection, container: string): Promise<unknown> {
  return request<unknown>(
    connection,
    `inspect container ${container}`,
    () => connection.docker.getContainer(container).inspect(),
    { 404: () => undefined },
  );
}
