import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';

/** Stores a docker context like `docker context create`.  Returns the folder for its certificates. */
export async function storeContext(
  home: string,
  name: string,
  endpoint: object,
  { tls = false } = {},
): Promise<string> {
  const id = createHash('sha256').update(name).digest('hex');
  const meta = `${home}/.docker/contexts/meta/${id}`;
  await mkdir(meta, { recursive: true });
  await writeFile(`${meta}/meta.json`, JSON.stringify({ Name: name, Endpoints: { docker: endpoint } }));
  const directory = `${home}/.docker/contexts/tls/${id}/docker`;
  if (tls) await mkdir(directory, { recursive: true });
  return directory;
}
